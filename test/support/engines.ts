// Engines that differ from the usual one in a way that a test needs.

import type { Engine, Program } from "../../src/engine/types.ts";

/**
 * An engine of smaller micro-batches, in which 33 images of a class take two passes.
 *
 * @returns `ran` collects the names of the programs that it runs.
 */
export function inSmallBatches(engine: Engine): { readonly engine: Engine; readonly ran: Set<string> } {
  const ran = new Set<string>();
  const small: Engine = {
    device: engine.device,
    workers: engine.workers,
    microBatch: 8,
    forwardBatch: engine.forwardBatch,
    run(program, feeds, binding) {
      ran.add(program.name);
      return engine.run(program, feeds, binding);
    },
    sum(program: Program, common, batches, binding) {
      ran.add(program.name);
      return engine.sum(program, common, batches, binding);
    },
    gradients: (task) => engine.gradients(task),
    descend: (task) => engine.descend(task),
    close: () => engine.close(),
  };
  return { engine: small, ran };
}
