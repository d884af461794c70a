// Claims on a storage: one writer, takeover by a heart that stood still, a late writer who cannot write.

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { folder, isAlive, thisProcess } from "../../src/lab/node/index.ts";
import { claim, holder, memory, type Owner, type Storage } from "../../src/storage/index.ts";
import { FakeClock } from "./clock.ts";

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const storages: Readonly<Record<string, () => Storage>> = {
  memory: () => memory(),
  "a folder": () => {
    const path = mkdtempSync(join(tmpdir(), "datadam-claim-"));
    folders.push(path);
    return folder(path);
  },
};
const elsewhere = (id: string): Owner => ({ id, host: "other", pid: 7 });

describe.each(Object.entries(storages))("in %s", (_, make) => {
  it("has numbers that grow over releases", async () => {
    const storage = make();
    const first = await claim(storage, { owner: elsewhere("a") });
    await first.release();
    const second = await claim(storage, { owner: elsewhere("b") });
    await second.release();
    expect([first.number, second.number]).toEqual([1, 2]);
    expect(await storage.list("claims")).toEqual(["0002.json"]);
  });

  it("lets one of many claimants win", async () => {
    const storage = make();
    const clock = new FakeClock();
    const attempts = Array.from({ length: 8 }, (_, i) =>
      claim(storage, { owner: elsewhere(`${i}`), isAlive: () => true, clock }),
    );
    const results = await Promise.allSettled(attempts);
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "RUN_HELD" });
    }
    await won[0]!.value.release();
  });

  it("refuses at once where the owner is known to live, and names it", async () => {
    const storage = make();
    const firstClaim = await claim(storage, { owner: thisProcess(), isAlive });
    await expect(claim(storage, { owner: thisProcess(), isAlive })).rejects.toThrow(
      `is being written by process ${process.pid}`,
    );
    await firstClaim.release();
  });

  it("takes over at once from an owner that is known to be gone", async () => {
    const storage = make();
    const clock = new FakeClock();
    const gone = { ...thisProcess(), pid: 2 ** 30 };
    await claim(storage, { owner: gone, clock });
    const next = await claim(storage, { owner: thisProcess(), isAlive, clock });
    expect(next.number).toBe(2);
    await next.release();
    // The same number and process, but started at another time: the number was used again.
    const other = make();
    await claim(other, { owner: { ...thisProcess(), started: "1" }, clock });
    const again = await claim(other, { owner: thisProcess(), isAlive, clock });
    expect(again.number).toBe(process.platform === "linux" ? 2 : 1);
    await again.release();
  });

  it("waits for the heart of an owner elsewhere, refuses where it beats", async () => {
    const storage = make();
    const [mine, theirs] = [new FakeClock(), new FakeClock()];
    const firstClaim = await claim(storage, { owner: elsewhere("a"), clock: theirs, interval: 1000 });
    const attempt = claim(storage, { owner: elsewhere("b"), clock: mine, interval: 1000, patience: 3 });
    attempt.catch(() => undefined);
    await mine.pass(500);
    while ((await holder(storage))?.beat === 0) await theirs.pass(100);
    await expect(mine.passUntil(attempt)).rejects.toMatchObject({ code: "RUN_HELD" });
    await firstClaim.release();
  });

  it("takes over where the heart stood still by the claimant's own clock; the late writer cannot write", async () => {
    const storage = make();
    const [mine, theirs] = [new FakeClock(), new FakeClock()];
    // An hour off: no matter, as clocks are never compared.
    const stopped = await claim(storage, { owner: elsewhere("a"), clock: theirs, interval: 1000 });
    await stopped.storage.write("result", "early");
    let taken = false;
    const attempt = claim(storage, { owner: elsewhere("b"), clock: mine, interval: 1000, patience: 3 });
    attempt.then(() => {
      taken = true;
    });
    await mine.pass(2500);
    expect(taken).toBe(false);
    const next = await mine.passUntil(attempt);
    expect(next.number).toBe(2);
    // It is woken.
    expect(stopped.lost.aborted).toBe(false);
    const lost = { code: "CLAIM_LOST" };
    await expect(stopped.storage.write("result", "late")).rejects.toMatchObject(lost);
    await expect(stopped.storage.append("rows", "late")).rejects.toMatchObject(lost);
    await expect(stopped.storage.at("below").create("x", "late")).rejects.toMatchObject(lost);
    await expect(stopped.storage.remove("result")).rejects.toMatchObject(lost);
    expect(stopped.lost.aborted).toBe(true);
    await next.storage.write("other", "new");
    expect(new TextDecoder().decode(await storage.read("result"))).toBe("early");
    await stopped.release();
    await next.check();
    await next.release();
  });

  it("finds out by its own heart that it was taken over", async () => {
    const storage = make();
    const [mine, theirs] = [new FakeClock(), new FakeClock()];
    const stopped = await claim(storage, { owner: elsewhere("a"), clock: theirs, interval: 1000 });
    const next = await claim(storage, { owner: elsewhere("b"), clock: mine, isAlive: () => false });
    while (!stopped.lost.aborted) await theirs.pass(100);
    await expect(stopped.check()).rejects.toMatchObject({ code: "CLAIM_LOST" });
    await next.release();
  });

  it("frees nothing where it is released after it was taken over unnoticed", async () => {
    const storage = make();
    const clock = new FakeClock();
    const stopped = await claim(storage, { owner: elsewhere("a"), clock });
    const next = await claim(storage, { owner: elsewhere("b"), clock, isAlive: () => false });
    await stopped.release();
    expect(await holder(storage)).toEqual({ number: 2, owner: elsewhere("b"), beat: 0 });
    await next.storage.write("result", "new");
    await next.release();
    expect(await holder(storage)).toBeUndefined();
  });

  it.each<[string, (storage: Storage) => Promise<unknown>]>([
    ["is removed", (storage) => storage.remove("claims")],
    [
      "is removed and claimed anew",
      async (storage) => {
        await storage.remove("claims");
        return claim(storage, { owner: elsewhere("b"), clock: new FakeClock() });
      },
    ],
  ])("stops where the folder %s under it, and makes nothing there", async (_, remove) => {
    const storage = make();
    const held = await claim(storage, { owner: elsewhere("a"), clock: new FakeClock() });
    await remove(storage);
    const before = await storage.list("claims");
    const lost = { code: "CLAIM_LOST", message: expect.stringMatching(/was removed or moved away/) };
    await expect(held.storage.write("checkpoints/state", "late")).rejects.toMatchObject(lost);
    await expect(held.beat()).rejects.toMatchObject(lost);
    expect(held.lost.aborted).toBe(true);
    await held.release();
    expect([await storage.list(), await storage.list("claims")]).toEqual([
      before.length > 0 ? ["claims/"] : [],
      before,
    ]);
  });

  it("tells of whom it waits for a sign, and how long at most", async () => {
    const storage = make();
    const clock = new FakeClock();
    await claim(storage, { owner: elsewhere("a"), clock: new FakeClock() });
    const told: unknown[] = [];
    const onWait = (...words: unknown[]): void => void told.push(words);
    const attempt = claim(storage, { owner: elsewhere("b"), clock, interval: 1000, patience: 2, onWait });
    await clock.passUntil(attempt);
    expect(told).toEqual([[elsewhere("a"), 2]]);
  });

  it("judges a process that exists by its heart where that is asked for", async () => {
    const storage = make();
    const [mine, theirs] = [new FakeClock(), new FakeClock()];
    await claim(storage, { owner: elsewhere("a"), clock: theirs });
    const options = { owner: elsewhere("b"), clock: mine, isAlive: () => true, interval: 1000, patience: 2 };
    const attempt = claim(storage, { ...options, stalled: "take" });
    expect((await mine.passUntil(attempt)).number).toBe(2);
  });

  it("counts a claim that cannot be read as held until it has not changed for long enough", async () => {
    const storage = make();
    const clock = new FakeClock();
    await storage.write("claims/0007.json", '{"owner":');
    let taken = false;
    const attempt = claim(storage, { owner: elsewhere("b"), clock, interval: 1000, patience: 2 });
    attempt.then(() => {
      taken = true;
    });
    await clock.pass(1500);
    expect(taken).toBe(false);
    expect((await clock.passUntil(attempt)).number).toBe(8);
  });
});

it("leaves nothing of a folder that it made, where it is told to forget", async () => {
  const above = mkdtempSync(join(tmpdir(), "datadam-claim-"));
  folders.push(above);
  const firstClaim = await claim(folder(join(above, "runs/new")), { owner: thisProcess(), isAlive });
  await firstClaim.release({ forget: true });
  expect(readdirSync(above)).toEqual([]);
});

it("keeps a program alive that waits, and not one whose claim only beats", async () => {
  const path = fileURLToPath(new URL("../../dist/storage/index.js", import.meta.url));
  const program = (options: string): string =>
    `const { systemClock } = await import(${JSON.stringify(path)});
     await systemClock.sleep(50, undefined, ${options});
     console.log("waited");`;
  const run = (options: string): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, ["--input-type=module", "-e", program(options)]);
  expect((await run("{}")).stdout).toBe("waited\n");
  // Node's exit code where nothing is left that could end the wait.
  await expect(run("{ background: true }")).rejects.toMatchObject({ code: 13 });
});
