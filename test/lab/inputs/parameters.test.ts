// Which network a file of parameters is of.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePt, encodeSafetensors } from "../../../src/formats/index.ts";
import { readNetwork, type TrainedNetwork } from "../../../src/lab/inputs/parameters.ts";
import { readers } from "../../../src/lab/node/index.ts";
import { buildNetwork, initialBuffers, initialize, type Network, type NetworkContext } from "../../../src/nn/index.ts";
import { Key } from "../../../src/random/index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "datadam-parameters-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string, context: NetworkContext): Promise<TrainedNetwork> => readNetwork(path, context, readers);
const images = { shape: [3, 32, 32] as const, classNames: ["a", "b", "c"] };

function write(name: string, network: Network, metadata?: Record<string, string>): string {
  const arrays = { ...initialize(network, Key.fromSeed(3)), ...initialBuffers(network) };
  const tensors = Object.fromEntries(
    Object.entries(arrays).map(([key, array]) => [key, { dtype: "F32" as const, ...array }]),
  );
  const path = join(folder, name);
  writeFileSync(path, encodeSafetensors(tensors, metadata));
  return path;
}

const record = (network: object): Record<string, string> => ({
  format: "datadam-parameters/1",
  network: JSON.stringify(network),
});

describe("readNetwork", () => {
  it.each(["alexnet", "resnet18", "vgg11"] as const)(
    "takes a state_dict of %s that is named, with batch norm",
    async (arch) => {
      const built = buildNetwork(arch, { classes: 3, width: 8, norm: "batch" });
      const { network, parameters } = await read(write(`${arch}.safetensors`, built), { ...images, arch, width: 8 });
      expect([network.name, network.options]).toEqual([arch, built.options]);
      expect(parameters).toEqual({ ...initialize(built, Key.fromSeed(3)), ...initialBuffers(built) });
    },
  );

  it("believes what a file of this program says of its network", async () => {
    const built = buildNetwork("convnet", { classes: 3, width: 8, depth: 2, norm: "group", activation: "swish" });
    const path = write("own.safetensors", built, record({ name: "convnet", ...built.options }));
    const { network } = await read(path, images);
    expect(network.options).toEqual(built.options);
  });

  it("says what does not fit, and builds nothing that the tensors do not hold", async () => {
    const lenet = buildNetwork("lenet", { classes: 3 });
    const failure = async (path: string, more: object = {}): Promise<string> => {
      try {
        await read(path, { ...images, ...more });
        return "none";
      } catch (error) {
        return (error as Error).message.replace(/^.* holds no parameters that fit: /, "");
      }
    };
    expect(await failure(write("plain.safetensors", lenet), { arch: "alexnet" })).toMatch(
      /features\.6\.weight is missing/,
    );
    const lenetFile = write("other.safetensors", lenet, record({ name: "lenet", ...lenet.options, classes: 4 }));
    expect(await failure(lenetFile)).toBe("they are for images of 3 x 32 x 32 and 4 classes");
    const deep = write("deep.safetensors", lenet, record({ name: "convnet", depth: 1e9, pooling: "none", classes: 3 }));
    expect(await failure(deep)).toBe("10 tensors for a depth of 1000000000");
    expect(await failure(write("none.safetensors", lenet, record({ name: "resnet19" })))).toContain(
      'unknown network "resnet19"',
    );
    const pt = join(folder, "list.pt");
    writeFileSync(pt, encodePt({ images: { dtype: "f4", shape: [1], data: Float32Array.of(1) } }));
    expect(await failure(pt, { arch: "lenet" })).toMatch(/missing/);
  });
});
