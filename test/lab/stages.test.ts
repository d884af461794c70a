// The images along the way of a distillation: which are kept, of what bytes, how they are read, and its picture.

import { beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { decodeNpy } from "../../src/formats/index.ts";
import { memory, readSet, run, type Storage } from "../../src/lab/index.ts";
import { readStages, stagesOf } from "../../src/lab/inputs/pictures.ts";
import { mergeRuns } from "../../src/lab/merge.ts";
import { pixelsOf } from "../../src/run/portable.ts";
import { still } from "./mortal.ts";
import { drive, readersOf, smallWith } from "./support.ts";

const job = (iterations: number, config: object = {}) => smallWith({ iterations, ...config });

describe("the stages of a distillation", () => {
  let straight: Storage;
  beforeAll(async () => {
    straight = memory();
    await drive(job(8), straight);
  });

  const stagesIn = async (storage: Storage): Promise<Record<string, Uint8Array>> => {
    const names = await storage.list("stages");
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await storage.read(`stages/${name}`)])),
    );
  };

  it("lie at 1, 5, 10, 25 and 50 %, each once", () => {
    expect([...stagesOf(1000)]).toEqual([10, 50, 100, 250, 500]);
    expect([...stagesOf(8)]).toEqual([1, 2, 4]);
    expect([...stagesOf(1)]).toEqual([]);
    expect([...stagesOf(0)]).toEqual([]);
  });

  it("hold the pixels that the set had after that iteration", async () => {
    expect(await straight.list("stages")).toEqual(["000001.npy", "000002.npy", "000004.npy"]);
    const short = memory();
    await drive(job(2), short);
    const { data, shape } = decodeNpy((await straight.read("stages/000002.npy"))!);
    expect(shape).toEqual([3, 1, 1, 8, 8]);
    expect(data).toEqual(pixelsOf(await readSet(short), 1));
    expect(data).not.toEqual(pixelsOf(await readSet(straight), 1));
  });

  it("are those of the average, where the set is one", async () => {
    const [long, short] = [memory(), memory()];
    await drive(job(8, { averaging: 1 }), long);
    await drive(job(4, { averaging: 1 }), short);
    const { data } = decodeNpy((await long.read("stages/000004.npy"))!);
    expect(data).toEqual(pixelsOf(await readSet(short), 1));
  });

  it("have the same bytes after a stop anywhere", async () => {
    const expected = await stagesIn(straight);
    for (const after of [1, 2, 3, 5]) {
      const storage = memory();
      const stop = new AbortController();
      let rows = 0;
      const options = { engine: createEngine, readers: readersOf(), signal: stop.signal };
      const stopped = (async () => {
        for await (const event of run(job(8), storage, options)) {
          if (event.type === "row" && ++rows === after) stop.abort(new Error("enough"));
        }
      })();
      await stopped.catch(() => undefined);
      expect(await storage.size("finished.json")).toBeUndefined();
      await drive(job(8), storage);
      expect(await stagesIn(storage), `stopped after ${after}`).toEqual(expected);
    }
  });

  it("of a run that goes further have its earlier end among them", async () => {
    const storage = memory();
    await drive(job(4), storage);
    await drive(job(8), storage);
    expect(await stagesIn(storage)).toEqual(await stagesIn(straight));
  });

  it("of shards are merged to those of the whole run", async () => {
    const shards = [memory("a"), memory("b")];
    for (const [i, classes] of [[0, 2], [1]].entries()) await drive({ ...job(8), classes } as never, shards[i]!);
    const out = memory();
    await mergeRuns(shards, out, { owner: { id: "merger" } });
    expect(await stagesIn(out)).toEqual(await stagesIn(straight));
    const none = memory();
    await shards[1]!.remove("stages/000002.npy");
    await mergeRuns(shards, none, { owner: { id: "merger" } });
    expect(await none.list("stages")).toEqual(["000001.npy", "000004.npy"]);
  });

  it("are read from the start to the end; without them, or damaged, what is there", async () => {
    const set = await readSet(straight);
    const all = await readStages(straight, set);
    expect(all.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 4, 8]);
    expect(all.at(-1)!.pixels).toEqual(pixelsOf(set, 1));
    const old = memory();
    for (const name of ["synthetic.safetensors", "start.npy"]) await old.write(name, (await straight.read(name))!);
    await old.write("stages/000002.npy", "half");
    await old.write("stages/junk", "");
    expect((await readStages(old, set)).map(({ iteration }) => iteration)).toEqual([0, 8]);
    await old.remove("start.npy");
    expect((await readStages(old, set)).map(({ iteration }) => iteration)).toEqual([8]);
  });
});

describe("the picture of a distillation at work", () => {
  /** All that is written as its picture, by a clock that goes on so many milliseconds each time it is asked. */
  async function pictures(passes: number): Promise<string[]> {
    let now = 0;
    const clock = {
      ...still,
      now() {
        now += passes;
        return now;
      },
    };
    const storage = memory();
    const written: string[] = [];
    const write: Storage["write"] = (path, content) => {
      if (path === "grid.png") written.push(String(content));
      return storage.write(path, content);
    };
    await drive(job(8), { ...storage, write }, { checkpoint: { steps: 1 }, clock });
    expect(String(await storage.read("grid.png"))).toBe(written.at(-1));
    return written;
  }

  it("follows its checkpoints, and is the result's at the end", async () => {
    const all = await pictures(0);
    expect(new Set(all).size).toBe(8);
    expect(all).toHaveLength(8);
    expect(all.at(-1)).toBe(String(await straightPicture()));
  });

  it("takes a hundredth of the time at most", async () => {
    // By this clock drawing one takes as long as other steps of a job: there is no time for a second one.
    const all = await pictures(1000);
    expect(all).toHaveLength(2);
  });

  async function straightPicture(): Promise<Uint8Array | undefined> {
    const storage = memory();
    await drive(job(8), storage);
    return storage.read("grid.png");
  }
});
