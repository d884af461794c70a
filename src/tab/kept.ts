// What the tab keeps in the browser's storage beside its jobs: what was chosen, and images that were given.

import { decodeSafetensors, encodeSafetensors } from "../formats/index.ts";
import { type ImageSet, imageSet, type TestedDataset } from "../images/index.ts";
import { jsonOf, type Storage } from "../storage/index.ts";
import type { Choice } from "./messages.ts";

const CHOICE_FILE = "choice.json";
const DATA_FILE = "images.safetensors";
/** Folders of the jobs. */
export const RUN = "run";
export const EVALUATION = "evaluation";
export const CLASSIFIER = "classifier";
/** Folder of a bank that was given. */
export const BANK = "bank";

/** What was chosen, or undefined where nothing is kept. */
export async function readChoice(storage: Storage): Promise<Choice | undefined> {
  return (await jsonOf(storage, CHOICE_FILE)) as Choice | undefined;
}

export async function keepChoice(storage: Storage, choice: Choice): Promise<void> {
  await storage.write(CHOICE_FILE, JSON.stringify(choice));
}

/** Removes all that is kept. */
export async function forget(storage: Storage): Promise<void> {
  for (const name of await storage.list()) await storage.remove(name.replace(/\/$/, ""));
}

export async function keepImages(storage: Storage, { name, train, test }: TestedDataset): Promise<void> {
  const part = ({ count, pixels, labels, shape }: ImageSet) => ({
    images: { dtype: "U8", shape: [count, ...shape], data: pixels },
    labels: { dtype: "I32", shape: [count], data: Int32Array.from(labels) },
  });
  const [a, b] = [part(train), part(test)];
  const tensors = { train: a.images, trainLabels: a.labels, test: b.images, testLabels: b.labels } as const;
  const facts = { name, classNames: JSON.stringify(train.classNames) };
  await storage.write(DATA_FILE, encodeSafetensors(tensors as never, facts));
}

/** The images that {@link keepImages} was given. */
export async function readImages(storage: Storage): Promise<TestedDataset> {
  const bytes = await storage.read(DATA_FILE);
  const { tensors, metadata } = decodeSafetensors(bytes ?? new Uint8Array());
  const { name = "images", classNames = "[]" } = metadata;
  const setOf = (part: "train" | "test", like?: ImageSet): ImageSet => {
    const { shape, data } = tensors[part]!;
    return imageSet({
      name: `${name}/${part}`,
      shape: shape.slice(1) as unknown as ImageSet["shape"],
      pixels: data as Uint8Array,
      labels: tensors[`${part}Labels`]!.data as Int32Array,
      classNames: JSON.parse(classNames) as string[],
      ...(like && { normalization: like.normalization }),
    });
  };
  const train = setOf("train");
  return { name, train, test: setOf("test", train) };
}
