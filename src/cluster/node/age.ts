// How long ago a file of a plan was written, by the clock of the file system that it lies on: clocks of two machines
// are never compared.

import { randomBytes } from "node:crypto";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Storage } from "../../storage/types.ts";
import type { Liveness } from "../status.ts";

/** Ages as of now, for one look at a plan. Not known where its folder cannot be written. */
export async function agesIn(plan: Storage): Promise<NonNullable<Liveness["age"]>> {
  const { name } = plan;
  if (plan.age !== undefined) return async (storage, path) => storage.age?.(path);
  const probe = join(name, `.partial-${randomBytes(6).toString("hex")}`);
  const now = await writeFile(probe, "")
    .then(() => stat(probe))
    .then(({ mtimeMs }) => mtimeMs)
    .catch(() => undefined)
    .finally(() => rm(probe, { force: true }).catch(() => undefined));
  return async (storage, path) => {
    if (now === undefined) return undefined;
    const found = await stat(join(storage.name, path)).catch(() => undefined);
    return found === undefined ? undefined : (now - found.mtimeMs) / 1000;
  };
}
