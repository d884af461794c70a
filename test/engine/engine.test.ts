// The worker pool: results do not depend on it, and mistakes end where they were made.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createEngine, type Feeds, type Program } from "../../src/engine/index.ts";
import { productProgram } from "../../src/linalg/productProgram.ts";
import { compile, conv2d, exp, grad, input, mul, relu, sum } from "../../src/tensor/index.ts";
import { draw } from "../tensor/values.ts";

const one = await createEngine({ workers: 1 });
const two = await createEngine({ workers: 2 });
afterAll(() => Promise.all([one.close(), two.close()]));

const x = input("x", [4]);
const double = compile("double", { y: mul(x, 2), total: sum(x) });
const data = Float32Array.of(1, 2, 3, 4);

/** A loss with its gradients, large enough that the order of sums shows in the last bits. */
function convolution(): { program: Program; batch: (n: number) => Feeds; common: Feeds } {
  const [images, weight] = [input("images", [4, 3, 12, 12]), input("weight", [8, 3, 3, 3])];
  const loss = sum(exp(mul(relu(conv2d(images, weight, { padding: 1 })), 0.1)));
  const [gradient] = grad(loss, [weight]);
  return {
    program: compile("convolution", { loss, gradient }),
    batch: (n) => ({ images: draw("normal", images.size, `images ${n}`) }),
    common: { weight: draw("normal", weight.size, "weight") },
  };
}

describe("an engine", () => {
  test("has as many workers as were asked for, and cache-sized batches on a CPU", () => {
    expect([one.workers, two.workers]).toEqual([1, 2]);
    expect([one.device, one.microBatch, one.forwardBatch]).toEqual(["cpu", 16, 8]);
  });

  test("gives the same bytes with one worker and with two, in whatever order tasks are done", async () => {
    const { program, batch, common } = convolution();
    const work = Array.from({ length: 12 }, (_, n) => ({ ...common, ...batch(n) }));
    const [a, b] = await Promise.all(
      [one, two].map((engine) => Promise.all(work.map((feeds) => engine.run(program, feeds)))),
    );
    const c = await Promise.all(work.toReversed().map((feeds) => two.run(program, feeds)));
    expect(b).toEqual(a);
    expect(c.toReversed()).toEqual(a);
    expect(new Set(a.map(({ loss }) => loss[0])).size).toBe(12);
  });

  test("gives the same bytes for a sum over batches with one worker and with two", async () => {
    const { program, batch, common } = convolution();
    const batches = [0, 1, 2].map(batch);
    const [a, b] = await Promise.all([one, two].map((engine) => engine.sum(program, common, batches)));
    expect(b).toEqual(a);
    const single = await Promise.all(batches.map((feeds) => one.run(program, { ...common, ...feeds })));
    const totals = a.gradient.map((_, i) => single.reduce((total, { gradient }) => total + gradient[i], 0));
    expect(a.gradient).toEqual(totals);
  });

  test("accumulates sums in float64", async () => {
    const batches = [1e8, 1, -1e8].map((value) => ({ x: new Float32Array(4).fill(value) }));
    const { y, total } = await one.sum(double, {}, batches);
    expect(y).toEqual(new Float32Array(4).fill(2));
    expect(total).toEqual(Float32Array.of(4));
  });

  test("takes batches in shared memory, which the caller may use again after the answer", async () => {
    const { program, batch, common } = convolution();
    const batches = [0, 1, 2].map(batch);
    const shared = batches.map(({ images }) => new Float32Array(new SharedArrayBuffer(4 * images.length)));
    const wanted = await two.sum(program, common, batches);
    for (const order of [[0, 1, 2], [0]]) {
      for (const n of order) shared[n].set(batches[n].images);
      const feeds = order.map((n) => ({ images: shared[n] }));
      const totals = await two.sum(program, common, feeds);
      expect(totals).toEqual(order.length === 3 ? wanted : await two.sum(program, common, [batches[0]]));
      for (const array of shared) array.fill(NaN);
      expect(totals.loss.every(Number.isFinite)).toBe(true);
    }
  });

  test("trains in shared memory: sums of gradients, and steps made of them or with them", async () => {
    const { program, batch, common } = convolution();
    const sizes = { weight: 216, images: 4 * 3 * 144 };
    const runs = [0, 1, 2].map(batch);
    const descent = { lr: 0.1, momentum: 0.5, weightDecay: 0.01, count: 12 };
    const shared = (length: number): SharedArrayBuffer => new SharedArrayBuffer(4 * length);
    const published = shared(1);
    const state = { memory: shared(2 * 224), offsets: { weight: 0 }, length: 224, published };
    const weights = new Float32Array(state.memory, 0, sizes.weight);
    const images = new Float32Array(shared(3 * sizes.images));
    for (const [i, run] of runs.entries()) images.set(run.images, i * sizes.images);
    let version = 0;
    /** Sums over parts of the runs; with `made` the step as well. */
    const gradients = async (engine: typeof one, parts: number[][], made: boolean): Promise<SharedArrayBuffer[]> => {
      new Float32Array(state.memory).fill(0);
      weights.set(common.weight);
      const totals = parts.map(() => shared(240));
      const left = shared(1);
      new Int32Array(left)[0] = parts.length;
      version += 2;
      Atomics.store(new Int32Array(published), 0, version);
      await Promise.all(
        parts.map((chosen, index) =>
          engine.gradients({
            ...{ program, state, version, batch: images.buffer as SharedArrayBuffer },
            runs: chosen.map((i) => ({ images: i * sizes.images })),
            totals: { memory: totals[index], offsets: { gradient: 0, loss: 224 } },
            last: made ? { descent, parts: totals, index, left, next: version + 1 } : undefined,
          }),
        ),
      );
      if (made) expect(Atomics.wait(new Int32Array(published), 0, version, 10_000)).not.toBe("timed-out");
      return totals;
    };
    const known = await one.sum(program, common, runs);
    const expected = common.weight.map((value, i) => value - 0.1 * (known.gradient[i] / 12 + 0.01 * value));

    for (const parts of [[[0, 1, 2]], [[0, 1], [2]], [[0], [1], [2]]]) {
      const totals = await gradients(two, parts, false);
      const added = Array.from({ length: 225 }, (_, i) =>
        totals.reduce((total, part) => Math.fround(total + new Float32Array(part)[i]), 0),
      );
      expect(added[224]).toBeCloseTo(known.loss[0], 3);
      for (const [i, value] of known.gradient.entries()) expect(added[i]).toBeCloseTo(value, 3);
      await Promise.all([0, 112].map((from) => two.descend({ state, totals, descent, from, to: from + 112 })));
      const after = weights.slice();
      for (const [i, value] of after.entries()) expect(value).toBeCloseTo(expected[i], 5);
      expect(after).not.toEqual(common.weight);

      for (const engine of [one, two]) {
        const losses = await gradients(engine, parts, true);
        expect(weights).toEqual(after);
        const loss = losses.reduce((total, part) => total + new Float32Array(part)[224], 0);
        expect(loss).toBeCloseTo(known.loss[0], 3);
      }
    }

    const missing = { ...program, inputs: [{ name: "other", shape: [1], dtype: "float32" as const }] };
    const task = { state, version, batch: images.buffer as SharedArrayBuffer, runs: [{}] };
    await expect(
      one.gradients({ program: missing, ...task, totals: { memory: shared(240), offsets: {} } }),
    ).rejects.toThrow('input "other" is missing');
  });

  test("gives zeros for the sum over no batches", async () => {
    expect(await one.sum(double, {}, [])).toEqual({ y: new Float32Array(4), total: new Float32Array(1) });
  });

  test("leaves the caller's arrays as they are, also views of larger ones", async () => {
    const large = Float32Array.from({ length: 10 }, (_, i) => i);
    const { y } = await one.run(double, { x: large.subarray(3, 7) });
    expect([...y]).toEqual([6, 8, 10, 12]);
    expect(large.length).toBe(10);
  });

  test("sends a worker the part of an array that a view is, not all of its memory", async () => {
    const large = new Float32Array(2 ** 20);
    large.set(data, 2 ** 19);
    await one.run(double, { x: data }); // The program is there.
    const posted = vi.spyOn(Worker.prototype, "postMessage");
    onTestFinished(() => posted.mockRestore());
    const { total } = await one.run(double, { x: large.subarray(2 ** 19, 2 ** 19 + 4) });
    expect(total).toEqual(Float32Array.of(10));
    const sent: ArrayBufferLike[] = [];
    const walk = (value: unknown): void => {
      if (ArrayBuffer.isView(value)) sent.push(value.buffer);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
    };
    for (const [message] of posted.mock.calls) walk(message);
    expect(sent.map(({ byteLength }) => byteLength)).toEqual([16]);
  });

  test("hands out results that the next run does not overwrite", async () => {
    const first = await one.run(double, { x: data });
    await one.run(double, { x: data.map((v) => -v) });
    expect([...first.y]).toEqual([2, 4, 6, 8]);
  });

  test("ignores arrays that the program does not take", async () => {
    expect((await one.run(double, { x: data, other: data })).total).toEqual(Float32Array.of(10));
  });
});

describe("bindings", () => {
  const bound = compile("bound", { y: mul(x, input("w", [4])) }, { bound: ["w"] });
  const binding = (factor: number): { id: string; values: Feeds } => {
    return { id: `w${factor}`, values: { w: new Float32Array(4).fill(factor) } };
  };

  test("give each run its own values, also when old ones come back", async () => {
    const factors = [1, 2, 3, 1, 2, 3, 3, 1, 4, 5, 1];
    const results = await Promise.all(factors.map((factor) => two.run(bound, { x: data }, binding(factor))));
    expect(results.map(({ y }) => y[1])).toEqual(factors.map((factor) => 2 * factor));
  });

  describe("that return", () => {
    const returning = (factor: number) => ({ ...binding(factor), id: `returning ${factor}`, returns: true });
    const rounds = [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6];
    /** What is kept of two such values, each as it came and as the program takes it. */
    const pair = 2 * 2 * 16;
    /** Statistics after three rounds of six, one run after another, whose results are checked. */
    const statistics = async (weightsMemory?: number) => {
      const engine = await createEngine({ workers: 1, ...(weightsMemory === undefined ? {} : { weightsMemory }) });
      onTestFinished(() => engine.close());
      for (const factor of rounds) {
        const { y } = await engine.run(bound, { x: data }, returning(factor));
        expect([...y]).toEqual([...data].map((value) => factor * value));
      }
      return engine.bindingStatistics!();
    };

    test("are kept where there is room", async () => {
      expect(await statistics()).toEqual({ hits: 12, misses: 6, kept: 6, bytes: 3 * pair, most: 2 ** 31 });
    });
    test("are sent again where there is none, two being kept", async () => {
      expect(await statistics(0)).toEqual({ hits: 0, misses: 18, kept: 2, bytes: pair, most: 0 });
    });
    test("are kept in part where there is some room", async () => {
      const { hits, misses } = await statistics(4 * 32);
      expect(hits).toBeGreaterThan(3);
      expect(hits + misses).toBe(18);
    });
    test.each([-1, Number.NaN])("a memory of %s bytes is refused", async (weightsMemory) => {
      await expect(createEngine({ weightsMemory })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    });
  });

  test("work with sums", async () => {
    const { y } = await two.sum(bound, {}, [{ x: data }, { x: data }], binding(3));
    expect([...y]).toEqual([6, 12, 18, 24]);
  });

  test("are missed where they are needed", async () => {
    await expect(one.run(bound, { x: data })).rejects.toThrow('program bound: input "w" is missing');
  });
});

describe("mistakes", () => {
  test("a missing input is named", async () => {
    await expect(one.run(double, {})).rejects.toThrow(TypeError);
    await expect(one.run(double, {})).rejects.toThrow('program double: input "x" is missing');
  });

  test("an input of another length is named with its shape", async () => {
    const short = { x: new Float32Array(3) };
    await expect(one.run(double, short)).rejects.toThrow(RangeError);
    await expect(one.run(double, short)).rejects.toThrow('program double: input "x" [4] needs 4 numbers, got 3');
    await expect(one.sum(double, {}, [{ x: data }, short])).rejects.toThrow("needs 4 numbers, got 3");
  });

  test("an array of another type is named with the type that is needed", async () => {
    const wide = productProgram("float64", 1, 2, 1);
    const [a, b] = [Float64Array.of(1 / 3, 2), Float64Array.of(3, 1 / 7)];
    expect((await one.run(wide, { a, b })).c).toEqual(Float64Array.of(1 + 2 / 7));
    const narrow = { a, b: Float32Array.of(3, 1 / 7) as unknown as Float64Array };
    await expect(one.run(wide, narrow)).rejects.toThrow('program product: input "b" is float64, got a Float32Array');
  });

  test("a program that is no ONNX fails each time, and the worker goes on", async () => {
    const broken: Program = { ...double, id: "broken", name: "broken", model: Uint8Array.of(1, 2, 3) };
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(one.run(broken, { x: data })).rejects.toMatchObject({ message: expect.stringContaining("broken") });
      expect((await one.run(double, { x: data })).total).toEqual(Float32Array.of(10));
    }
  });

  test("a failing run among others fails alone", async () => {
    const broken: Program = { ...double, id: "broken2", model: new Uint8Array(0) };
    const results = await Promise.allSettled(
      [double, broken, double, broken, double].map((p) => two.run(p, { x: data })),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });

  test.each([0, -1, 1.5, Number.NaN, 5000])("%s workers are refused", async (workers) => {
    await expect(createEngine({ workers })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: `workers must be an integer from 1 to 1024, got ${workers}`,
    });
  });

  test("more than one worker for webgpu is refused: two threads inside it crash", async () => {
    await expect(createEngine({ device: "webgpu", workers: 2 })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: "webgpu takes one worker, got 2",
    });
  });

  test("an unknown device is refused with those that there are", async () => {
    await expect(createEngine({ device: "tpu" as "cpu" })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: 'unknown device "tpu"',
      hint: "Known: cpu, webgpu, cuda.",
    });
  });
});

describe("close", () => {
  test("rejects what is running and what is waiting, and what comes later", async () => {
    const engine = await createEngine({ workers: 1 });
    const { program, batch, common } = convolution();
    const batches = Array.from({ length: 100 }, (_, n) => batch(n));
    await engine.run(program, { ...common, ...batches[0] });
    const busy = Array.from({ length: 5 }, () => engine.sum(program, common, batches));
    const settled = Promise.allSettled(busy);
    await engine.close();
    const reasons = (await settled).map((result) =>
      result.status === "rejected" ? (result.reason as Error).message : "done",
    );
    expect(reasons).toEqual(Array.from({ length: 5 }, () => "engine: closed"));
    await expect(engine.run(double, { x: data })).rejects.toThrow("engine: closed");
  });

  test("may be called twice", async () => {
    const engine = await createEngine({ workers: 1 });
    await engine.close();
    await engine.close();
  });
});

describe("a process", () => {
  const script = (
    body: string,
    environment: Record<string, string> = {},
  ): { status: number | null; stdout: string; stderr: string } => {
    const [engine, tensor] = ["engine", "tensor"].map(
      (room) => new URL(`../../dist/${room}/index.js`, import.meta.url).href,
    );
    const source = `
      import { createEngine } from ${JSON.stringify(engine)};
      import { add, compile, conv2d, input, mul, slice } from ${JSON.stringify(tensor)};
      const engine = await createEngine({ workers: 2 });
      const program = compile("p", { y: mul(input("x", [2]), 2) });
      const large = compile("large", { y: conv2d(input("x", [4, 32, 32, 32]), input("w", [32, 32, 3, 3])) });
      const feeds = { x: new Float32Array(4 * 32 * 1024), w: new Float32Array(32 * 32 * 9) };
      ${body}`;
    return spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
      encoding: "utf8",
      timeout: 20_000,
      env: { ...process.env, ...environment },
    });
  };

  test("ends by itself with an engine open", () => {
    const { status, stdout } = script(
      "const { y } = await engine.run(program, { x: Float32Array.of(1, 2) }); console.log([...y]);",
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "[ 2, 4 ]\n" });
  });

  test("ends by itself with an engine that was never used", () => {
    expect(script("console.log(program.name);")).toMatchObject({ status: 0, stdout: "p\n" });
  });

  test("does not end while a run is not done", () => {
    expect(script("engine.run(program, { x: Float32Array.of(1, 2) }).then(() => console.log('done'));")).toMatchObject({
      status: 0,
      stdout: "done\n",
    });
  });

  test("keeps the memory of some programs, not of all that it has ever run, and runs those again", () => {
    const { status, stdout } = script(`
      const x = new Float32Array(2 ** 20).fill(1);
      const programs = Array.from({ length: 60 }, (_, i) => {
        const once = mul(input("x", [2 ** 20]), i);
        return compile("p" + i, { y: slice(add(once, mul(once, once)), [0], [1]) });
      });
      const run = async (i) => (await engine.run(programs[i], { x })).y[0];
      const memory = () => process.memoryUsage().rss / 2 ** 20;
      for (let i = 0; i < 20; i++) await run(i);
      const before = memory();
      for (let i = 20; i < 60; i++) await run(i);
      console.log(memory() - before < 200, await run(3), await run(59));`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "true 12 3540\n" });
  });

  test("gives the same bytes where no temporary file can be written, and leaves none where one can", () => {
    const folder = mkdtempSync(join(tmpdir(), "datadam-engine-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const body = `
      const bound = compile("bound", { y: conv2d(input("x", [2, 16, 8, 8]), mul(input("w", [32, 16, 3, 3]), 3)) },
        { bound: ["w"] });
      const x = Float32Array.from({ length: 2048 }, (_, i) => Math.sin(i));
      for (let n = 0; n < 4; n++) {
        const w = Float32Array.from({ length: 4608 }, (_, i) => Math.cos(i * (n + 1)));
        const { y } = await engine.run(bound, { x }, { id: "w" + n, values: { w } });
        console.log(Buffer.from(y.buffer).toString("hex"));
      }`;
    const [fed, constant] = [folder, join(folder, "absent")].map((TMPDIR) => script(body, { TMPDIR }).stdout);
    expect(fed.split("\n").length).toBe(5);
    expect(constant === fed).toBe(true);
    // Others write there too.
    expect(readdirSync(folder).filter((name) => name.startsWith("datadam"))).toEqual([]);
  });

  const busy = "for (let i = 0; i < 50; i++) engine.run(large, feeds).catch(() => {}); await engine.run(large, feeds);";

  test("may end in the middle of a run, with the status it chose", () => {
    const { status, stderr } = script(`${busy} engine.run(large, feeds); setTimeout(() => process.exit(3), 20);`);
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  });

  test("that fails in the middle of a run reports its own error", () => {
    const { status, stderr } = script(
      `${busy} engine.run(large, feeds); setTimeout(() => { throw new Error("mine"); }, 20);`,
    );
    expect(status).toBe(1);
    expect(stderr).toContain("Error: mine");
  });

  test("may close engines in the middle of runs", () => {
    const { status, stdout } = script(`
      for (let i = 0; i < 5; i++) {
        const other = await createEngine({ workers: 2 });
        await other.run(large, feeds);
        const runs = Promise.allSettled(Array.from({ length: 20 }, () => other.run(large, feeds)));
        await new Promise((resolve) => setTimeout(resolve, 5 * i));
        await other.close();
        console.log((await runs).at(-1).reason.message);
      }`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "engine: closed\n".repeat(5) });
  });
});
