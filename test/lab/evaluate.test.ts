// Evaluations as jobs: of a run in memory, resumed network by network, added to the run.

import { describe, expect, it } from "vitest";
import { readResults } from "../../src/lab/folder/results.ts";
import { type EvaluateResult, type Event, memory, readJournal, type Storage } from "../../src/lab/index.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, readersOf, small, smallWith } from "./support.ts";

const protocol = { ...protocols.quick, name: "short", epochs: 3 };
const evaluation = { kind: "evaluate", set: "runs/a", networks: 2, protocol, execution: { workers: 1 } } as never;

async function distilled(): Promise<Storage> {
  const storage = memory("runs/a");
  await drive(small, storage);
  return storage;
}

const resultOf = (events: Awaited<ReturnType<typeof drive>>): EvaluateResult => {
  const last = events.at(-1)!;
  expect(last.type).toBe("finished");
  return (last as unknown as { result: EvaluateResult }).result;
};

describe("an evaluation", () => {
  it("measures the set beside random images, and adds the result to the run once", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const storage = run.at("evaluations/one");
    const { entries, ipc } = resultOf(await drive(evaluation, storage, options));
    expect(ipc).toBe(1);
    expect(entries).toHaveLength(1);
    for (const row of [entries[0]!.distilled, entries[0]!.random!]) {
      expect(row.accuracies).toHaveLength(2);
      expect(row.mean).toBeCloseTo((row.accuracies[0]! + row.accuracies[1]!) / 2);
      expect(row).toMatchObject({ protocol: { name: "short" }, network: { name: "convnet", width: 8 } });
    }
    expect(entries[0]).toMatchObject({ iteration: 6 });
    expect(await readResults(run)).toEqual(entries);
    expect(resultOf(await drive(evaluation, storage, options)).entries).toEqual(entries);
    // In another folder it is done again, and takes the place of the first.
    await drive(evaluation, memory(), options);
    expect(await readResults(run)).toHaveLength(1);
  });

  it.each(["k-means", "herding"])(
    "measures real images that are chosen by %s, as they are of a selection",
    async (name) => {
      const run = await distilled();
      const chosen = memory("runs/b");
      await drive(
        { kind: "select", data: { dataset: "tiny" }, method: { name, preset: "quick", width: 8 } } as never,
        chosen,
      );
      const options = { readers: readersOf({ "runs/a": run, "runs/b": chosen }) };
      const both = { ...(evaluation as object), chosen: name } as never;
      const { entries, names } = resultOf(await drive(both, memory(), options));
      expect(names).toMatchObject({ distilled: "distilled", chosen: name });
      expect(entries[0]!.chosen).toMatchObject({ method: name, protocol: { name: "short" } });
      const alone = { ...(evaluation as object), set: "runs/b", random: false } as never;
      const { distilled: row } = resultOf(await drive(alone, memory(), options)).entries[0]!;
      expect(entries[0]!.chosen!.confusion).toEqual(row.confusion);
      expect(await readResults(run)).toEqual(entries);
      expect(entries[0]!.chosen!.confusion).not.toEqual(entries[0]!.random!.confusion);
    },
  );

  it("resumes after any network, to the same accuracies", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const whole = resultOf(await drive(evaluation, memory(), options)).entries[0]!;
    const journal = memory();
    await drive(evaluation, journal, options);
    const lines = new TextDecoder()
      .decode(await journal.read("journal.jsonl"))
      .split("\n")
      .slice(0, -1);
    expect([...(await readJournal(journal)).keys()]).toEqual(
      expect.arrayContaining(["0/distilled/0", "0/distilled/1", "0/distilled", "0/random", "0/entry"]),
    );
    for (let lineCount = 0; lineCount < lines.length; lineCount++) {
      const half = memory();
      for (const name of ["job.json", "record.json"]) await half.write(name, (await journal.read(name))!);
      // The last line was cut off.
      await half.write(
        "journal.jsonl",
        `${lines.slice(0, lineCount).join("\n")}${lineCount > 0 ? "\n" : ""}{"claim":1,"ke`,
      );
      const entry = resultOf(await drive(evaluation, half, options)).entries[0]!;
      expect(entry.distilled.accuracies).toEqual(whole.distilled.accuracies);
      expect(entry.random!.accuracies).toEqual(whole.random!.accuracies);
    }
  });

  it("does not choose images again for a row that was measured before it was stopped", async () => {
    const options = { readers: readersOf({ "runs/a": await distilled() }) };
    const job = { ...(evaluation as object), chosen: "k-means" } as never;
    const choosing = (events: readonly Event[]): boolean =>
      events.some((event) => event.type === "progress" && event.stage === "choosing by k-means");
    const [whole, stopped] = [memory(), memory()];
    const events = await drive(job, whole, options);
    expect(choosing(events)).toBe(true);
    for (const name of ["job.json", "record.json"]) await stopped.write(name, (await whole.read(name))!);
    const lines = new TextDecoder().decode(await whole.read("journal.jsonl")).split("\n");
    const measured = lines.findIndex((line) => line.includes('"0/chosen"'));
    await stopped.write("journal.jsonl", `${lines.slice(0, measured + 1).join("\n")}\n`);
    const again = await drive(job, stopped, options);
    expect(choosing(again)).toBe(false);
    expect(resultOf(again).entries[0]!.chosen).toEqual(resultOf(events).entries[0]!.chosen);
  });

  it("is done again where the run has gone on since, and keeps what was measured before", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const storage = run.at("evaluations/one");
    const before = resultOf(await drive(evaluation, storage, options)).entries[0]!;
    await drive(smallWith({ iterations: 8 }), run);
    const after = resultOf(await drive(evaluation, storage, options)).entries[0]!;
    expect([before.iteration, after.iteration]).toEqual([6, 8]);
    const anew = resultOf(await drive(evaluation, memory(), options)).entries[0]!;
    expect(after.distilled.accuracies).toEqual(anew.distilled.accuracies);
    expect(after.random!.accuracies).toEqual(before.random!.accuracies);
    expect((await readResults(run)).map(({ iteration }) => iteration)).toEqual([6, 8]);
  });

  it("takes over no network that was trained on what the run was before", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const storage = memory();
    await drive(evaluation, storage, options);
    await storage.remove("finished.json");
    await drive(smallWith({ iterations: 8 }), run);
    // As if it had been stopped after the first network.
    const [first] = new TextDecoder().decode(await storage.read("journal.jsonl")).split("\n");
    await storage.write("journal.jsonl", `${first!.replace(/"accuracy":[\d.]+/, '"accuracy":-1')}\n`);
    const { accuracies } = resultOf(await drive(evaluation, storage, options)).entries[0]!.distilled;
    expect(accuracies).toEqual(resultOf(await drive(evaluation, memory(), options)).entries[0]!.distilled.accuracies);
  });

  it("keeps each network's confusion matrix, in the result and in the run", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const { distilled: row, random } = resultOf(await drive(evaluation, run.at("evaluations/one"), options))
      .entries[0]!;
    for (const { confusion, byClass, accuracies } of [row, random!]) {
      for (const [network, matrix] of confusion!.entries()) {
        expect(matrix.flat().reduce((total, count) => total + count, 0)).toBe(12);
        expect((100 * (matrix[0]![0]! + matrix[1]![1]! + matrix[2]![2]!)) / 12).toBeCloseTo(accuracies[network]!, 6);
        expect(byClass![network]).toHaveLength(3);
      }
    }
    const text = new TextDecoder().decode(await run.read("result.json"));
    expect(JSON.parse(text).evaluations[0].distilled).toEqual(row);
    expect(text).toContain(`          [${row.confusion![0]![0]!.join(", ")}],\n`);
  });

  it("goes on with a journal of an earlier version, which has accuracies alone", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const storage = memory();
    const now = resultOf(await drive(evaluation, storage, options)).entries[0]!;
    await storage.remove("finished.json");
    const lines = new TextDecoder().decode(await storage.read("journal.jsonl")).split("\n");
    const old = lines.slice(0, 1).map((line) => JSON.parse(line));
    expect(old[0]).toMatchObject({ key: "0/distilled/0", value: { accuracy: now.distilled.accuracies[0] } });
    await storage.write("journal.jsonl", `${JSON.stringify({ ...old[0], value: old[0].value.accuracy })}\n`);
    const { distilled: row, random } = resultOf(await drive(evaluation, storage, options)).entries[0]!;
    expect(row.accuracies).toEqual(now.distilled.accuracies);
    expect([row.byClass, row.confusion]).toEqual([undefined, undefined]);
    expect(random!.confusion).toEqual(now.random!.confusion);
  });

  it("says what the whole set would take, unless it is measured or nothing is", async () => {
    const run = await distilled();
    const options = { readers: readersOf({ "runs/a": run }) };
    const journal = memory();
    const { wholeSeconds, count } = resultOf(await drive(evaluation, journal, options));
    expect(count).toBe(30);
    expect(wholeSeconds).toBeGreaterThan(0);
    await journal.remove("finished.json");
    expect(resultOf(await drive(evaluation, journal, options)).wholeSeconds).toBeUndefined();
    const whole = { ...(evaluation as object), networks: 1, whole: { protocol } } as never;
    expect(resultOf(await drive(whole, memory(), options)).wholeSeconds).toBeUndefined();
  });

  it("has a row for each network, and one of the whole set", async () => {
    const run = await distilled();
    const job = {
      ...(evaluation as object),
      networks: 1,
      arch: ["convnet", "mlp"],
      random: false,
      whole: { protocol },
    };
    const { entries, count } = resultOf(await drive(job as never, memory(), { readers: readersOf({ "runs/a": run }) }));
    expect(entries.map(({ distilled }) => distilled.network.name)).toEqual(["convnet", "mlp"]);
    expect(entries.map(({ random, whole }) => [random === undefined, whole?.accuracies.length])).toEqual([
      [true, 1],
      [true, 1],
    ]);
    expect(count).toBe(30);
  });

  it.each<[string, object, string]>([
    ["a protocol", { protocol: "qick" }, 'unknown protocol "qick"'],
    ["a key", { netwrk: 3 }, 'unknown key "netwrk"'],
    ["a number", { networks: 0 }, "networks: must be above 0, got 0"],
    ["names", { arch: ["mlp"], pool: "widths" }, "`arch` and `pool` both name networks"],
    ["a temperature", { temperature: 2 }, "`temperature` is that of `softLabels`, which are not given"],
    ["a space", { space: "zca" }, "`space` is for sets of other programs"],
  ])("says what is wrong with %s", async (_, wrong, message) => {
    const run = await distilled();
    const job = { ...(evaluation as object), ...wrong } as never;
    await expect(drive(job, memory(), { readers: readersOf({ "runs/a": run }) })).rejects.toThrow(message);
  });
});
