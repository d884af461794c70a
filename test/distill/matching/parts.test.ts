// Images of a class that pass through the network in parts, in one program, against PyTorch and against other programs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attentionObjective } from "../../../src/distill/matching/attentionObjective.ts";
import { bindParameters, Matcher } from "../../../src/distill/matching/match.ts";
import { matchProgram } from "../../../src/distill/matching/programs.ts";
import { MATCH_PART } from "../../../src/engine/costModel.ts";
import { type ConvNetOptions, convnet, createEngine, type Engine, Key } from "../../../src/index.ts";
import { initialize, resolveNetwork } from "../../../src/nn/index.ts";
import { loadFixtures, relativeError } from "../../support/fixtures.ts";
import { draw } from "../../tensor/values.ts";

type Loss = Parameters<typeof attentionObjective>[1];
type Config = Loss & { readonly network: ConvNetOptions & { readonly classes: number }; readonly classes: number };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
});
afterAll(() => engine.close());

const bindingOf = (arrays: Readonly<Record<string, { readonly data: Float32Array }>>) =>
  bindParameters(Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data])));
/** What belongs to class c of arrays in class order. */
const part = (all: Float32Array, c: number, classes: number): Float32Array =>
  all.slice((c * all.length) / classes, ((c + 1) * all.length) / classes);

describe("images in parts have the gradient of PyTorch", () => {
  const fixtures = ["terms", "labels"].flatMap((family) =>
    loadFixtures(family).map((fixture) => ({ family, fixture, config: fixture.json<Config>("config") })),
  );
  for (const { family, fixture, config } of fixtures) {
    const network = convnet(config.network);
    if (network.usesBatchStatistics) continue;
    it(`${family}, ${fixture.name}`, async () => {
      const objective = attentionObjective(network, config, false);
      const [real, synthetic] = ["real", "synthetic"].map((name) => fixture.array(name).data);
      const parameters = bindingOf(fixture.arrays("parameters."));
      const { classes } = config;
      const count = synthetic.length / classes / network.input.reduce((a, b) => a * b, 1);
      const program = matchProgram(objective, 1, count, { cpu: true, part: Math.max(1, Math.floor(count / 3)) });
      const matcher = new Matcher(objective, engine);
      const gradient: number[] = [];
      for (let c = 0; c < classes; c++) {
        const targets = await matcher.targets(parameters, part(real, c, classes), [c]);
        const feeds = Object.fromEntries(Object.entries(targets).map(([name, value]) => [`target.${name}`, value]));
        const labels =
          family === "labels" && (config.labelRate ?? 0) > 0
            ? part(fixture.array("labels").data, c, classes).map((value) => value / count)
            : Float32Array.from({ length: network.classes }, (_, k) => (k === c ? 1 / count : 0));
        const all: Record<string, Float32Array> = { ...feeds, labels, images: part(synthetic, c, classes) };
        const needed = Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));
        gradient.push(...(await engine.run(program, needed, parameters)).gradient);
      }
      expect(relativeError(gradient, fixture.array("gradient").data)).toBeLessThan(1e-4);
    });
  }
});

describe("a class of many images", () => {
  const classNames = Array.from({ length: 10 }, (_, c) => `class ${c}`);
  /** A match of `count` images of class 3, in the usual batches or in two passes, and the programs that were run. */
  async function match(choice: object, count: number, twoPasses: boolean) {
    const network = resolveNetwork(choice, { shape: [3, 32, 32], classNames });
    const loss = { power: 4, attentionReduction: "sum", attentionNorm: "l2", attentionWeight: 1 } as const;
    const terms = { scale: 100, lambda: 0.01, errorType: "mse", crossEntropy: 2.5 } as const;
    const objective = attentionObjective(network, { ...loss, ...terms, layers: [0, 1] }, true);
    const programs: string[] = [];
    const own: Pick<Engine, "device" | "microBatch" | "forwardBatch" | "run" | "sum"> = {
      device: engine.device,
      microBatch: twoPasses ? 4 : engine.microBatch,
      forwardBatch: engine.forwardBatch,
      run(program, feeds, binding) {
        programs.push(program.id);
        return engine.run(program, feeds, binding);
      },
      sum: (program, common, batches, binding) => engine.sum(program, common, batches, binding),
    };
    const matcher = new Matcher(objective, own as Engine);
    const parameters = bindingOf(initialize(network, Key.fromSeed(2)));
    const size = 3 * 32 * 32;
    const targets = await matcher.targets(parameters, draw("normal", 4 * size, "real"), [3]);
    programs.length = 0;
    const result = await matcher.match(parameters, targets, draw("normal", count * size, "synthetic"), [3]);
    const options = { cpu: true, winogradGradients: true, winogradForward: true };
    return { result, programs, inParts: matchProgram(objective, 1, count, { ...options, part: MATCH_PART }).id };
  }

  it("passes in parts, with the distances and the gradient of two passes", async () => {
    for (const count of [2 * MATCH_PART, 25]) {
      const once = await match({ width: 32 }, count, false);
      expect(once.programs).toEqual([once.inParts]);
      const twice = await match({ width: 32 }, count, true);
      expect(twice.programs).not.toContain(once.inParts);
      expect(relativeError(once.result.gradient, twice.result.gradient)).toBeLessThan(1e-5);
      expect(relativeError(once.result.distances, twice.result.distances)).toBeLessThan(1e-5);
    }
  });

  it("passes at once where there are few, and where weights are many for the work of an image", async () => {
    const few = await match({ width: 32 }, 2 * MATCH_PART - 1, false);
    expect(few.programs).toHaveLength(1);
    const vgg = await match({ arch: "vgg11", width: 32 }, 2 * MATCH_PART, false);
    expect(vgg.programs).toHaveLength(1);
    expect(vgg.programs).not.toContain(vgg.inParts);
  });
});
