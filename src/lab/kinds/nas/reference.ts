// The reference ranking of another search, from its nas.json.

import { DatadamError } from "../../../errors.ts";
import type { Candidate, CandidateResult } from "../../../nas/types.ts";
import { sha256 } from "../../folder/hash.ts";
import type { Readers } from "../../types.ts";
import { type NasRecord, REFERENCE } from "./record.ts";

export interface Reference {
  readonly about: NonNullable<NasRecord["reference"]>;
  /** In the order of the candidates. */
  readonly results: readonly CandidateResult[];
}

/** What a search finds in another's file. @throws DatadamError IO, INVALID_DATA */
export async function readReference(
  path: string,
  chosen: readonly Candidate[],
  readers: Readers,
): Promise<Reference & { readonly sha256: string }> {
  const bytes = await readers.file(path);
  if (bytes === undefined) throw new DatadamError("IO", `Cannot read ${path}: there is no such file`);
  const { proxies, reference } = (parseJson(bytes, path) ?? {}) as Partial<NasRecord>;
  const found = Array.isArray(proxies) ? proxies.find(({ name }) => name === REFERENCE)?.results : undefined;
  if (!Array.isArray(found) || typeof reference?.images !== "number") {
    throw new DatadamError("INVALID_DATA", `${path} holds no reference ranking`, {
      hint: "Give the nas.json of a search that made one: its `reference` was train.",
    });
  }
  const byId = new Map((found as CandidateResult[]).map((result) => [result.id, result]));
  const missing = chosen.filter(({ id }) => byId.get(id) === undefined);
  if (missing.length > 0) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
    const message = `${path} ranks ${found.length} architectures, but not ${missing[0]!.id}${more}`;
    throw new DatadamError("INVALID_DATA", message, {
      hint: "Search with the same `space`, `subset`, `sample` and `seed`.",
    });
  }
  const results = chosen.map(({ id }) => byId.get(id)!);
  return { about: { ...reference, from: path }, results, sha256: await sha256(bytes) };
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new DatadamError("INVALID_DATA", `${path} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}
