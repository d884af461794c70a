// Training where threads share no memory, and where a host does not fill the arrays that it is given: the same bits.

import { expect, test } from "vitest";
import { alone } from "../../src/engine/browser/alone.ts";
import { thisThread } from "../../src/engine/browser/channels.ts";
import type { OpenChannel } from "../../src/engine/pool/channel.ts";
import { Pool } from "../../src/engine/pool/pool.ts";
import type { Engine } from "../../src/engine/types.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { Trainer } from "../../src/train/index.ts";

/** A channel through which arrays are copied, as messages are, and shared memory cannot go. */
const copying: OpenChannel = (listener) => {
  const channel = thisThread("cpu")(listener);
  return {
    ...channel,
    post(request) {
      expect(request.kind).not.toMatch(/gradients|descend/);
      channel.post(structuredClone(request));
    },
  };
};

async function train(engine: Engine): Promise<{ losses: number[]; weights: Float32Array; correct: number }> {
  const network = convnet({ channels: 1, size: 8, classes: 2, depth: 1, width: 4 });
  const trainer = new Trainer(network, initialize(network, Key.fromSeed(0)), engine);
  const images = Key.fromSeed(1)
    .stream()
    .fillNormal(new Float32Array(80 * 64));
  const labels = Array.from({ length: 80 }, (_, i) => i % 2);
  const losses: number[] = [];
  for (let i = 0; i < 4; i++) {
    losses.push(await trainer.step(images, labels, { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 }));
  }
  const correct = await trainer.correct(images, labels);
  const weights = trainer.parameters[network.parameters[0]!.name]!.slice();
  await engine.close();
  return { losses, weights, correct };
}

test("training alone gives the bits of training in shared memory", async () => {
  const shared = await train(new Pool("cpu", thisThread("cpu"), 1, 0));
  expect(shared.losses[3]).toBeLessThan(shared.losses[0]!);
  expect(await train(new Pool("cpu", alone(copying), 1, 0))).toEqual(shared);
});

test("what fails there is told as it is", async () => {
  const failing: OpenChannel = (listener) => ({
    post: (request) => {
      if (request.kind === "run") {
        listener.onReply({ id: request.id, error: { code: "UNSUPPORTED_OPERATION", message: "no", hint: "other" } });
      }
    },
    hold() {},
    close: async () => {},
  });
  const engine = new Pool("cpu", alone(failing), 1, 0);
  await expect(train(engine)).rejects.toMatchObject({ code: "UNSUPPORTED_OPERATION", message: "no", hint: "other" });
});
