// The lifecycle of a job's folder: which job may have it, whose files count, what stays after a failure.

import { describe, expect, it } from "vitest";
import { differences, type Folder, openFolder } from "../../../src/lab/folder/folder.ts";
import { type JobValue, memory, type Storage } from "../../../src/lab/index.ts";
import { FakeClock } from "../../storage/clock.ts";

const jobOf = (ipc: number): JobValue => ({ kind: "distill", method: { ipc } }) as never;
const state = { tensors: { images: { shape: [1], data: Float32Array.of(1) } }, facts: {} };

function open(storage: Storage, ipc: number, clock: FakeClock = new FakeClock()): Promise<Folder> {
  return openFolder(storage, jobOf(ipc), { owner: { id: "me" }, clock, free: [] });
}

describe("a folder", () => {
  it("is refused to a job that waited while another began there", async () => {
    const storage = memory();
    const [theirs, mine] = [new FakeClock(), new FakeClock()];
    const first = await open(storage, 1, theirs);
    const second = open(storage, 2, mine);
    second.catch(() => undefined);
    await mine.pass(1000);
    await first.begin({ begun: true });
    await first.release();
    await expect(mine.passUntil(second)).rejects.toMatchObject({
      code: "RUN_EXISTS",
      message: "memory already holds another job: it differs in method.ipc (there 1, given 2)",
    });
    const again = await open(storage, 1);
    expect(again.record).toEqual({ begun: true });
    await again.release();
  });

  it("is given to another job where nothing was begun", async () => {
    const storage = memory();
    await (await open(storage, 1)).release();
    const other = await open(storage, 2);
    expect([other.record, other.claim.number]).toEqual([undefined, 2]);
    await other.release();
  });

  it("has the number of the claim in the names of checkpoints and the lines of journals", async () => {
    const storage = memory();
    for (const number of [2, 4]) {
      const folder = await open(storage, 1);
      await folder.begin({});
      await folder.states().save(number, state, "mine");
      await (await folder.journal()).add(`${number}`, number);
      await folder.release();
    }
    expect(await storage.list("checkpoints")).toEqual([
      "state-000002.0001.safetensors",
      "state-000004.0002.safetensors",
    ]);
    const lines = new TextDecoder()
      .decode(await storage.read("journal.jsonl"))
      .trim()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line).claim)).toEqual([1, 2]);
  });

  it("keeps after a failure what can be resumed, and nothing else", async () => {
    const [resumable, gone] = [memory(), memory()];
    for (const storage of [resumable, gone]) {
      const folder = await open(storage, 1);
      await folder.begin({});
      await folder.publish("set", "1");
      await folder.storage.at("below").write("there/whitening", "2");
      if (storage === resumable) await folder.states().save(2, state, "mine");
      await folder.abandon();
      await folder.release();
    }
    expect(await resumable.list()).toEqual(["below/", "checkpoints/", "claims/", "job.json", "record.json", "set"]);
    expect(await gone.list()).toEqual([]);
  });

  it("keeps all of a job that an earlier process began", async () => {
    const storage = memory();
    const first = await open(storage, 1);
    await first.begin({});
    await first.release();
    const second = await open(storage, 1);
    await second.abandon();
    await second.release();
    expect(await storage.list()).toEqual(["claims/", "job.json", "record.json"]);
  });
});

describe("differences of two jobs", () => {
  const there = { kind: "distill", data: { dir: "a", directory: "b" }, classes: [1, 2] };

  it("name each key with both values, lists as a whole and missing ones too", () => {
    const given = { kind: "distill", data: { dir: "c" }, classes: [1, 3], seed: 1 };
    expect(differences(there, given, [])).toEqual([
      'data.dir (there "a", given "c")',
      'data.directory (there "b", given nothing)',
      "classes (there [1,2], given [1,3])",
      "seed (there nothing, given 1)",
    ]);
  });

  it("leave out free keys and what is below them, but not keys that only begin alike", () => {
    const given = { ...there, data: { dir: "c", directory: "d" } };
    expect(differences(there, given, ["data.dir"])).toEqual(['data.directory (there "b", given "d")']);
    expect(differences(there, given, ["data"])).toEqual([]);
  });
});
