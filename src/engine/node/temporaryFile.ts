// A file for what ONNX Runtime gives in no other way.

import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Lets `write` write a file of a path that no other process has, gives its bytes and removes it. */
export async function written(write: (path: string) => Promise<void>): Promise<Uint8Array> {
  const path = join(tmpdir(), `datadam-${randomUUID()}.onnx`);
  try {
    await write(path);
    return readFileSync(path);
  } finally {
    rmSync(path, { force: true });
  }
}
