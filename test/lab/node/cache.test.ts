// The cache folder: what is put is got, a killed process's leftovers go, and a folder that cannot be written is told once.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderCache } from "../../../src/lab/node/cache.ts";
import { temporaryFolder } from "../../support-run.ts";

it("gives back what was put, and takes away what a killed process left beside it", async () => {
  const path = join(temporaryFolder(), "cache");
  const cache = folderCache(path, expect.unreachable);
  expect(await cache.get("key")).toBeUndefined();
  await cache.put("key", Uint8Array.of(1, 2));
  mkdirSync(join(path, ".partial-key/claims"), { recursive: true });
  expect(await cache.get("key")).toEqual(Uint8Array.of(1, 2));
  expect(existsSync(join(path, ".partial-key"))).toBe(false);
});

it("is left out where it cannot be written, with one warning", async () => {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "");
  const told: string[] = [];
  const cache = folderCache(path, (message) => told.push(message));
  for (const key of ["a", "b"]) {
    await cache.put(key, Uint8Array.of(1));
    expect(await cache.get(key)).toBeUndefined();
  }
  expect(told).toEqual([expect.stringContaining("the cache is not used: ")]);
});
