// Image files that cannot be decoded: they stop the loading, or are left out with a warning.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";

/** What becomes of a file that cannot be decoded. */
export type Corrupt = "fail" | "skip";

/** An image that was left out, and why. */
export type Skipped = readonly [path: string, reason: string];

const SHOWN = 3;

/**
 * What `read` gives, or why it was skipped where that was asked for. Failures that are not the image's stay failures.
 */
export async function readOrSkip<T>(path: string, corrupt: Corrupt, read: () => Promise<T>): Promise<T | Skipped> {
  try {
    return await read();
  } catch (error) {
    if (corrupt === "skip" && error instanceof DatadamError && error.code === "INVALID_DATA") {
      return [path, error.message];
    }
    if (!(error instanceof DatadamError && error.code === "INVALID_DATA")) throw error;
    const hint = `${error.hint ?? "Remove the file or replace it."} With \`corrupt: "skip"\` such files are left out.`;
    throw new DatadamError(error.code, error.message, { cause: error, hint });
  }
}

/** Warns of them, naming the first few. */
export function warnSkipped(root: string, skipped: readonly Skipped[], onWarning: (message: string) => void): void {
  if (skipped.length === 0) return;
  const some = skipped.slice(0, SHOWN).map(([, reason]) => reason.replace(/\.$/, ""));
  const rest = skipped.length > SHOWN ? "; ..." : "";
  onWarning(
    `${counted(skipped.length, "image")} of "${root}" ${skipped.length === 1 ? "was" : "were"} ` +
      `skipped: ${some.join("; ")}${rest}`,
  );
}
