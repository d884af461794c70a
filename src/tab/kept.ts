// What the tab keeps in the browser's storage beside its jobs: what was chosen, and images that were given.

import { type ImageSet, imageSet, type TestedDataset } from "../images/index.ts";
import { jsonOf, type Storage } from "../storage/index.ts";
import type { Choice } from "./messages.ts";

const CHOICE_FILE = "choice.json";
/** Folder of images that were given. */
const IMAGES = "images";
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

/** What is kept of images beside pixels and labels, as JSON. */
interface Facts extends Pick<ImageSet, "shape" | "classNames" | "normalization" | "flippable"> {
  readonly name: string;
}

/** Keeps pixels and labels of each part as they are: what CIFAR-10 has would take much memory to encode. */
export async function keepImages(storage: Storage, { name, train, test }: TestedDataset): Promise<void> {
  const place = storage.at(IMAGES);
  for (const [part, { pixels, labels }] of Object.entries({ train, test })) {
    await place.write(`${part}.pixels`, pixels);
    await place.write(`${part}.labels`, new Uint8Array(Uint16Array.from(labels).buffer));
  }
  const { shape, classNames, normalization, flippable } = train;
  const facts: Facts = { name, shape, classNames, normalization, flippable };
  await place.write("facts.json", JSON.stringify(facts));
}

/** The images that {@link keepImages} was given. */
export async function readImages(storage: Storage): Promise<TestedDataset> {
  const place = storage.at(IMAGES);
  const { name, ...facts } = (await jsonOf(place, "facts.json")) as Facts;
  const bytesOf = async (file: string): Promise<Uint8Array> => (await place.read(file)) ?? new Uint8Array();
  const setOf = async (part: "train" | "test"): Promise<ImageSet> => {
    const labels = new Uint16Array(Uint8Array.from(await bytesOf(`${part}.labels`)).buffer);
    return imageSet({ name: `${name}/${part}`, pixels: await bytesOf(`${part}.pixels`), labels, ...facts });
  };
  return { name, train: await setOf("train"), test: await setOf("test") };
}
