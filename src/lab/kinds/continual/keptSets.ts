// Condensed sets as files of a job's folder: each is made once.

import type { SetStore } from "../../../continual/index.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../formats/index.ts";
import { imageSize } from "../../../images/index.ts";
import type { Storage } from "../../../storage/types.ts";
import { sha256 } from "../../folder/hash.ts";
import type { Journal } from "../../folder/journal.ts";

/**
 * Sets in `memory/<stem>-step<n>.safetensors`.
 *
 * @param journal keeps the hash of each: a file that is gone or damaged is made again.
 */
export function keptSets(
  storage: Storage,
  journal: Journal,
  stem: string,
  shape: readonly [channels: number, height: number, width: number],
): SetStore {
  const size = imageSize({ shape });
  const nameOf = (step: number): string => `${stem}-step${step}`;
  const pathOf = (step: number): string => `memory/${nameOf(step)}.safetensors`;
  return {
    async get(step) {
      const hash = journal.get(nameOf(step));
      const bytes = hash === undefined ? undefined : await storage.read(pathOf(step));
      if (bytes === undefined || (await sha256(bytes)) !== hash) return undefined;
      const { images, labels } = decodeSafetensors(bytes).tensors;
      if (images?.dtype !== "F32" || labels?.dtype !== "I64" || images.data.length !== labels.data.length * size) {
        return undefined;
      }
      return { images: images.data, labels: Uint16Array.from(labels.data, Number) };
    },
    async put(step, { images, labels }) {
      const bytes = encodeSafetensors({
        images: { dtype: "F32", shape: [labels.length, ...shape], data: images },
        labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
      });
      await storage.write(pathOf(step), bytes);
      if (journal.get(nameOf(step)) === undefined) await journal.add(nameOf(step), await sha256(bytes));
    },
  };
}
