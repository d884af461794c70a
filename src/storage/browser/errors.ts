// What a browser says of its storage, as errors that name the place and what helps.

import { DatadamError } from "../../errors.ts";

/** @param what was tried, where: `Cannot write ...`. An error of ours, or of the caller's, stays as it is. */
export function ioError(what: string, cause: unknown): unknown {
  if (cause instanceof DatadamError || cause instanceof RangeError || cause instanceof TypeError) return cause;
  const { name, message } = cause as DOMException;
  const full = name === "QuotaExceededError";
  return new DatadamError("IO", `${what}: ${full ? "the browser gives no more room" : message}`, {
    cause,
    ...(full && { hint: "Free disk space, or remove other data of this site." }),
  });
}
