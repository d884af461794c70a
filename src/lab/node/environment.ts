// What measurements depend on beside versions: this machine.

import { cpus, totalmem } from "node:os";

/** What times were measured on. */
export function machine(): Record<string, unknown> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
