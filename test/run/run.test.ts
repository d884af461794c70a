import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DistillState } from "../../src/distill/types.ts";
import { DatadamError } from "../../src/errors.ts";
import { decodeSafetensors } from "../../src/formats/index.ts";
import { createRun, openRun, type RunRecord, readMetrics, readRecord, readSyntheticSet } from "../../src/run/index.ts";
import { makeRecord, makeRun, makeSet, makeState, PLAIN, temporaryFolder } from "../support-run.ts";

function failure(action: () => unknown): DatadamError {
  try {
    action();
  } catch (error) {
    if (error instanceof DatadamError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the directory", () => {
  it("refuses to begin where a run is, and leaves it as it was", () => {
    const folder = temporaryFolder();
    makeRun(folder).close();
    const before = readFileSync(join(folder, "config.json"));
    expect(failure(() => createRun(folder))).toMatchObject({
      code: "RUN_EXISTS",
      message: `${folder} already holds a run`,
      hint: `Go on with it by --resume ${folder}, or choose another folder with --out.`,
    });
    expect(readFileSync(join(folder, "config.json"))).toEqual(before);
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });

  it("keeps the record, and changes the number of iterations in it", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    expect(readRecord(folder)).toEqual(makeRecord());
    run.setIterations(20);
    expect(run.record.config.iterations).toBe(20);
    expect(readRecord(folder)).toEqual(makeRecord({ iterations: 20 }));
  });

  it("says what is wrong with a folder that is no run", () => {
    const folder = temporaryFolder();
    expect(failure(() => openRun(folder))).toMatchObject({ code: "RUN_NOT_FOUND" });
    expect(failure(() => openRun(join(folder, "none")))).toMatchObject({ code: "RUN_NOT_FOUND" });
    writeFileSync(join(folder, "config.json"), '{"format":"datadam-run/1"');
    expect(failure(() => openRun(folder))).toMatchObject({ code: "INVALID_RUN" });
    writeFileSync(join(folder, "config.json"), "[]");
    expect(failure(() => openRun(folder)).message).toMatch("is not the record of a datadam run");
    const dataset = makeRecord().dataset;
    for (const [change, what] of [
      [{ dataset: { ...dataset, source: 5 } }, "dataset.source must be a string"],
      [{ dataset: { ...dataset, shape: [1, "x", 3] } }, "dataset.shape.1 must be"],
      [{ dataset: { ...dataset, shape: [] } }, "dataset.shape"],
      [{ dataset: { ...dataset, classNames: null } }, "dataset.classNames must be an array"],
      [{ classes: "abc" }, "classes must be an array"],
      [{ config: null }, "config must be an object"],
    ] as const) {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ ...makeRecord(), ...change }));
      expect(failure(() => openRun(folder)).message).toContain(`is not the record of a datadam run: ${what}`);
    }
    const record = { ...makeRecord(), config: { ...makeRecord().config, norm: "bach" } };
    writeFileSync(join(folder, "config.json"), JSON.stringify(record));
    expect(failure(() => openRun(folder)).message).toContain('norm: must be "none"');
  });

  it("fails with the reason where it cannot write, and leaves nothing behind", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "mine");
    expect(failure(() => createRun(join(folder, "file/run")))).toMatchObject({ code: "IO" });
    expect(failure(() => createRun(join(folder, "file")))).toMatchObject({ code: "IO" });
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("mine");
  });

  it("sweeps what a killed writer left", () => {
    const folder = temporaryFolder();
    makeRun(folder).close();
    writeFileSync(join(folder, ".partial-0123456789ab-synthetic.safetensors"), "half");
    openRun(folder).close();
    expect(readdirSync(folder)).toEqual(["config.json"]);
  });
});

describe("metrics", () => {
  const row = (iteration: number) => ({ iteration, loss: 1 / iteration, attention: [0.5], features: 2, seconds: 0.1 });

  it("go on after the checkpoint's iteration as if never stopped", () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    const straight = makeRun(folder).metrics(0);
    for (let i = 1; i <= 6; i++) straight.append(row(i));
    straight.close();

    const run = makeRun(other);
    const first = run.metrics(0);
    for (let i = 1; i <= 5; i++) first.append(row(i));
    first.close();
    const path = join(other, "metrics.jsonl");
    writeFileSync(path, `${readFileSync(path, "utf8")}{"iteration":6,"lo`);
    const second = run.metrics(3);
    for (let i = 4; i <= 6; i++) second.append(row(i));
    second.close();
    expect(readFileSync(path, "utf8")).toBe(readFileSync(join(folder, "metrics.jsonl"), "utf8"));
    expect(readMetrics(path).map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("checkpoints", () => {
  const files = (folder: string): string[] => readdirSync(join(folder, "checkpoints")).sort();

  it("come back as they were, the newest first, three kept", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    expect(run.latestCheckpoint()).toBeUndefined();
    for (const iteration of [2, 4, 6, 10]) run.saveCheckpoint(makeState(iteration));
    expect(files(folder)).toEqual(["state-10.safetensors", "state-4.safetensors", "state-6.safetensors"]);
    expect(run.latestCheckpoint()).toEqual(makeState(10));
  });

  it.each([
    [
      "one flipped bit",
      (bytes: Buffer) => bytes.fill(bytes[bytes.length - 9]! ^ 1, bytes.length - 9, bytes.length - 8),
    ],
    ["a missing end", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ["no bytes", () => Buffer.alloc(0)],
    [
      "another iteration's content",
      (_: Buffer, folder: string) => readFileSync(join(folder, "checkpoints/state-2.safetensors")),
    ],
  ])("fall back to the one before, with a warning, after %s", (_, damage) => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    for (const iteration of [2, 4]) run.saveCheckpoint(makeState(iteration));
    const newest = join(folder, "checkpoints/state-4.safetensors");
    writeFileSync(newest, damage(readFileSync(newest), folder));
    const warnings: string[] = [];
    expect(run.latestCheckpoint((message) => warnings.push(message))).toEqual(makeState(2));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/state-4\.safetensors is damaged \(.+\); trying the one before/);
    run.saveCheckpoint(makeState(3));
    expect(files(folder)).toEqual(["state-2.safetensors", "state-3.safetensors"]);
  });

  it("are an error where all are damaged", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    for (const iteration of [2, 4]) {
      run.saveCheckpoint(makeState(iteration));
      writeFileSync(join(folder, `checkpoints/state-${iteration}.safetensors`), "x");
    }
    expect(failure(() => run.latestCheckpoint())).toMatchObject({
      code: "INVALID_RUN",
      message: `No checkpoint in ${join(folder, "checkpoints")} can be read: all 2 are damaged`,
    });
  });

  it("are taken for another number of iterations", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    run.saveCheckpoint(makeState(2));
    run.setIterations(99);
    expect(run.latestCheckpoint()?.iteration).toBe(2);
  });

  const start = { path: "/sets/start", sha256: "a".repeat(64) };
  it.each<[string, (record: RunRecord) => RunRecord]>([
    ["another configuration", () => makeRecord({ lambda: 0.5 })],
    ["other data", (record) => ({ ...record, dataset: { ...record.dataset, fingerprint: "0".repeat(64) } })],
    ["other classes", (record) => ({ ...record, classes: [0, 1] })],
    ["another initial set", (record) => ({ ...record, initial: { ...start, sha256: "b".repeat(64) } })],
    ["a selection", (record) => ({ ...record, selection: { method: "herding" } })],
  ])("are not taken for %s", (_, change) => {
    const folder = temporaryFolder();
    const record = { ...makeRecord(), initial: start };
    const run = makeRun(folder, record);
    run.saveCheckpoint(makeState(2));
    run.close();
    const latest = (changed: RunRecord): DistillState | undefined => {
      writeFileSync(join(folder, "config.json"), JSON.stringify(changed));
      const again = openRun(folder);
      try {
        return again.latestCheckpoint();
      } finally {
        again.close();
      }
    };
    expect(failure(() => latest(change(record)))).toMatchObject({
      code: "INVALID_RUN",
      message: expect.stringContaining("state-2.safetensors belongs to another configuration"),
    });
    // It does not matter where the initial set lies.
    expect(latest({ ...record, initial: { ...start, path: "/elsewhere" } })).toEqual(makeState(2));
  });

  it("of runs that are older than a key go on, whatever its default is now", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    run.saveCheckpoint(makeState(2));
    run.writeResult(makeSet(makeState(2)), 2);
    run.close();
    const { averaging: _, attentionNorm: __, ...old } = makeRecord().config as Readonly<Record<string, unknown>>;
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...makeRecord(), config: old }));
    const again = openRun(folder);
    expect(again.record.config).toEqual(makeRecord().config);
    expect(again.latestCheckpoint()).toEqual(makeState(2));
    again.close();
  });

  it("leave the earlier ones intact where a new one cannot be written", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    run.saveCheckpoint(makeState(2));
    const blocked = join(folder, "checkpoints/state-4.safetensors");
    mkdirSync(blocked);
    expect(failure(() => run.saveCheckpoint(makeState(4)))).toMatchObject({
      code: "IO",
      message: `Cannot write ${blocked}: a folder is in its place`,
    });
    rmdirSync(blocked);
    expect(run.latestCheckpoint()).toEqual(makeState(2));
    expect(files(folder)).toEqual(["state-2.safetensors"]);
  });
});

describe("the result", () => {
  it("holds images, labels and metadata, and is read back with its provenance", () => {
    const folder = temporaryFolder();
    const run = makeRun(folder);
    const set = makeSet(makeState(10));
    run.writeResult(set, 10);
    const { tensors, metadata } = decodeSafetensors(
      new Uint8Array(readFileSync(join(folder, "synthetic.safetensors"))),
    );
    expect(tensors.images).toMatchObject({ dtype: "F32", shape: [6, 1, 8, 8] });
    expect([...(tensors.labels!.data as BigInt64Array)]).toEqual([0n, 0n, 1n, 1n, 2n, 2n]);
    expect(metadata).toMatchObject({
      normalization: '{"mean":[0.5],"std":[0.25]}',
      classNames: '["ant","bee","cat"]',
      preset: "paper",
      norm: "instance",
      power: "4",
      lambda: "0.01",
      scale: "100",
      seed: "0",
      iteration: "10",
    });
    const back = readSyntheticSet(folder);
    expect(back).toEqual({
      ...set,
      provenance: { preset: "paper", ...makeRecord().config, iteration: 10 },
    });
    expect(readSyntheticSet(join(folder, "synthetic.safetensors"))).toEqual(back);
    expect(existsSync(join(folder, "grid.png"))).toBe(true);
  });

  it("has the same bytes whenever and wherever it is written", () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    makeRun(a).writeResult(makeSet(makeState(10)), 10);
    const other = { ...makeRecord(), created: "2030-05-05T00:00:00.000Z", versions: { node: "99" } };
    makeRun(b, other).writeResult(makeSet(makeState(10)), 10);
    const read = (folder: string): Buffer => readFileSync(join(folder, "synthetic.safetensors"));
    expect(read(a).equals(read(b))).toBe(true);
  });

  it("carries the whitening in a file beside it, and says when that is missing", () => {
    const folder = temporaryFolder();
    const identity = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 2 : 0));
    const zca = {
      eps: 0.1,
      mean: new Float32Array(64).fill(0.25),
      whiten: identity.map((x) => x / 4),
      unwhiten: identity,
    };
    const preprocessing = { ...PLAIN, zca };
    const run = createRun(folder).begin(makeRecord({ zca: true }), preprocessing);
    run.writeResult(makeSet(makeState(10), preprocessing), 10);
    expect(run.preprocessing()).toEqual(preprocessing);
    run.close();
    expect(readSyntheticSet(folder).preprocessing).toEqual(preprocessing);
    writeFileSync(join(folder, "preprocessing.safetensors"), "x");
    expect(failure(() => readSyntheticSet(folder)).code).toBe("INVALID_RUN");
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 5)],
    ["empty", () => Buffer.alloc(0)],
    ["another file", () => Buffer.from("PK\u0003\u0004")],
  ])("is refused with its path where it is %s", (_, damage) => {
    const folder = temporaryFolder();
    makeRun(folder).writeResult(makeSet(makeState(10)), 10);
    const path = join(folder, "synthetic.safetensors");
    writeFileSync(path, damage(readFileSync(path)));
    const error = failure(() => readSyntheticSet(folder));
    expect(error.code).toBe("INVALID_RUN");
    expect(error.message).toContain(`${path} is damaged: `);
  });

  it("is asked for by name where there is none", () => {
    expect(failure(() => readSyntheticSet(temporaryFolder()))).toMatchObject({ code: "RUN_NOT_FOUND" });
  });
});
