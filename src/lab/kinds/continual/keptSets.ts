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
  const nameOf = (step: number): string => setName(stem, step);
  const pathOf = (step: number): string => `memory/${nameOf(step)}.safetensors`;
  return {
    async get(step) {
      const hash = journal.get(nameOf(step));
      const bytes = hash === undefined ? undefined : await storage.read(pathOf(step));
      if (bytes === undefined || (await sha256(bytes)) !== hash) return undefined;
      const { tensors, metadata } = decodeSafetensors(bytes);
      const { images, labels } = tensors;
      if (images?.dtype !== "F32" || labels?.dtype !== "I64" || images.data.length !== labels.data.length * size) {
        return undefined;
      }
      const factor = Number(metadata.factor ?? 1);
      return { images: images.data, labels: Uint16Array.from(labels.data, Number), ...(factor > 1 && { factor }) };
    },
    async put(step, { images, labels, factor = 1 }) {
      const arrays = {
        images: { dtype: "F32", shape: [labels.length, ...shape], data: images },
        labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
      } as const;
      const bytes = encodeSafetensors(arrays, factor > 1 ? { factor: String(factor) } : undefined);
      await storage.write(pathOf(step), bytes);
      if (journal.get(nameOf(step)) === undefined) await journal.add(nameOf(step), await sha256(bytes));
    },
  };
}

/** What the journal keeps the hash of a set by. */
export function setName(stem: string, step: number): string {
  return `${stem}-step${step}`;
}
