// The table of the options of reading a data set: what is known of each without loading zod, so that help comes at
// once.

import type * as zod from "zod";
import { LIMITS } from "../limits.ts";

type Zod = typeof zod;

/** What is known of an option of reading. */
export interface ReadingSpec<Schema extends zod.ZodType = zod.ZodType> {
  readonly schema: (z: Zod) => Schema;
  /** The words that it may be, where it is one of a few. */
  readonly choices?: readonly string[];
  /** Whether it is text of any kind: then a text stands for itself. */
  readonly isText?: boolean;
  /** What it does: a phrase for help and for the JSON Schema. */
  readonly about: string;
  /** What a value must be, for messages. Default: the choices. */
  readonly expected?: string;
  /** What it is where it is not given. Absent where that depends on the data set. */
  readonly default?: zod.output<Schema>;
  /** What the default is, for help, where the value does not say it. */
  readonly defaultText?: string;
  /** Name of the value in the help of the command line. Absent: the command line does not have this option. */
  readonly argument?: string;
  /** Whether a run records it where it is given, so that its images can be loaded again. */
  readonly recorded: boolean;
  /** Whether other values give other images or labels, so that a run cannot be resumed with another one. */
  readonly decidesImages: boolean;
  /** Why a data set that does not take it refuses it. Absent: it is ignored there. */
  readonly refusal?: string;
}

const AS_THEY_ARE = "its images are as they are";

/** Every option of reading, in the order of help and records. */
export const READING = {
  labels: option((z) => z.enum(["fine", "coarse"]), {
    choices: ["fine", "coarse"],
    about: "cifar100: its 100 fine classes or its 20 coarse ones",
    default: "fine",
    argument: "kind",
    recorded: true,
    decidesImages: true,
    refusal: "its images have one label",
  }),
  size: option((z) => z.int().min(1).max(4096), {
    about: "image files: side in pixels of the square images that they become",
    expected: "a whole number from 1 to 4096",
    default: 32,
    defaultText: "32; 64 for tiny-imagenet and imagenet, 128 for imagenette and imagewoof",
    argument: "px",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  channels: option((z) => z.literal([1, 3]), {
    about: "image files: 1 for grey, 3 for RGB",
    expected: "1 (grey) or 3 (RGB)",
    defaultText: "3, but 1 where every image of a folder is grey",
    argument: "n",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  split: option((z) => z.number().gt(0).max(1), {
    about:
      "sets without a test part: the share of each class that is for training, such as 0.8; the rest is for testing; " +
      "1 keeps no test part",
    expected: "a fraction above 0 and up to 1, such as 0.8 for training on 80 %",
    defaultText: "0.8; of `loadDataset`: no test part",
    argument: "share",
    recorded: true,
    decidesImages: true,
    refusal: "its parts are as published",
  }),
  valPart: option((z) => z.enum(["leave", "test", "train"]), {
    choices: ["leave", "test", "train"],
    about: "sets with a validation part (val, valid, dev ...): leave it out, test on it, or train on it too",
    defaultText: "test on it where there is no test part, else leave it out with a warning",
    argument: "use",
    recorded: true,
    decidesImages: true,
    refusal: "its parts are as published",
  }),
  imageColumn: option((z) => z.string().min(1), {
    isText: true,
    about: "tables, metadata and Parquet files: the column of images or of their paths",
    expected: "the name of a column",
    defaultText: "path, file_name, image and other usual names",
    argument: "name",
    recorded: true,
    decidesImages: true,
    refusal: "it has no columns",
  }),
  labelColumn: option((z) => z.string().min(1), {
    isText: true,
    about: "tables, metadata, Parquet files and WebDataset's JSON: the column or key of labels",
    expected: "the name of a column",
    defaultText: "label, class, category, target and other usual names",
    argument: "name",
    recorded: true,
    decidesImages: true,
    refusal: "it has no columns",
  }),
  firstPerClass: option((z) => z.int().min(1), {
    about: "image files: the first so many images of each class alone, for a look",
    expected: "a whole number of images a class",
    defaultText: "all",
    recorded: true,
    decidesImages: true,
  }),
  holdOut: option((z) => z.int().min(1), {
    about:
      "for choosing settings: the last so many training images of each class are left out of training and take the " +
      "place of the test images, which are not looked at",
    expected: "a whole number of images a class, such as 500",
    defaultText: "none",
    argument: "n",
    recorded: true,
    decidesImages: true,
  }),
  seed: option((z) => z.int().min(0), {
    about: "seed of the split",
    expected: "a whole number from 0",
    default: 0,
    recorded: true,
    decidesImages: true,
  }),
  flippable: option((z) => z.boolean(), {
    about: "images of one's own: whether a mirrored image keeps its class; false for digits and letters",
    expected: "true or false",
    default: true,
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  store: option((z) => z.enum(["memory", "disk", "auto"]), {
    choices: ["memory", "disk", "auto"],
    about: "image files: where decoded images are kept; disk is a cache, in which they are decoded once",
    default: "auto",
    defaultText: "auto: on the disk above 1 GiB of pixels, else in memory",
    argument: "where",
    recorded: true,
    decidesImages: false,
    refusal: AS_THEY_ARE,
  }),
  corrupt: option((z) => z.enum(["fail", "skip"]), {
    choices: ["fail", "skip"],
    about: "image files that cannot be decoded: stop, or leave them out with a warning",
    default: "fail",
    argument: "what",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  maxArchiveBytes: option((z) => z.number().positive(), {
    about: "archives: the most bytes that they may unpack to",
    expected: "a positive number",
    default: LIMITS.archiveBytes,
    defaultText: "4 GiB",
    recorded: true,
    decidesImages: false,
  }),
  cacheDir: option((z) => z.string().min(1), {
    isText: true,
    about: "folder of the cache of decoded images",
    expected: "the path of a folder",
    defaultText: "DATADAM_CACHE in the environment, else ~/.cache/datadam",
    recorded: false,
    decidesImages: false,
  }),
};

/** The name of an option of reading. */
export type ReadingKey = keyof typeof READING;

/** How a data set is read; what is absent has its default. */
export type ReadingOptions = {
  readonly [Key in ReadingKey]?: zod.output<ReturnType<(typeof READING)[Key]["schema"]>> | undefined;
};

/** The names, in the order of help and records. */
export const readingKeys = Object.keys(READING) as readonly ReadingKey[];

/** Those of them that the command line has. */
export type ReadingArgument = {
  [Key in ReadingKey]: (typeof READING)[Key] extends { readonly argument: string } ? Key : never;
}[ReadingKey];

/** The names of those that the command line has. */
export const readingArguments = readingKeys.filter((key) => specOf(key).argument !== undefined) as ReadingArgument[];

/** Those of the command line that decide which images and labels there are. */
export type DecidingArgument = {
  [Key in ReadingArgument]: (typeof READING)[Key] extends { readonly decidesImages: true } ? Key : never;
}[ReadingArgument];

/** Their names. */
export const decidingArguments = readingArguments.filter((key) => specOf(key).decidesImages) as DecidingArgument[];

/** What is known of an option. */
export function specOf(key: ReadingKey): ReadingSpec {
  return READING[key];
}

/** What an option does, with its default: `image files: 1 for grey, 3 for RGB (default: 3, but ...)`. */
export function describeReading(key: ReadingKey): string {
  const { about, defaultText, default: value } = specOf(key);
  return `${about} (default: ${defaultText ?? String(value)})`;
}

/** The words that an option may be, where it is one of a few. */
export function readingChoices(key: ReadingKey): readonly string[] | undefined {
  return specOf(key).choices;
}

/** The value that a text seems to stand for; whether the option takes it is not checked. */
export function valueOfText(key: ReadingKey, text: string): unknown {
  const { choices, isText } = specOf(key);
  const plain = /^(true|false|-?\d+(\.\d+)?(e[+-]?\d+)?)$/i.test(text);
  return choices !== undefined || isText === true || !plain ? text : JSON.parse(text.toLowerCase());
}

/** What a run records of them: those that are given, in the table's order. */
export function recordedReading(options: ReadingOptions): ReadingOptions {
  return pick(options, (key) => READING[key].recorded);
}

/** Those that are given and decide which images and labels there are. */
export function decidingReading(options: ReadingOptions): ReadingOptions {
  return pick(options, (key) => READING[key].decidesImages);
}

/** Whether `key` names an option of reading. */
export function isReadingKey(key: string): key is ReadingKey {
  return Object.hasOwn(READING, key);
}

function pick(options: ReadingOptions, wanted: (key: ReadingKey) => boolean): ReadingOptions {
  const keys = readingKeys.filter((key) => options[key] !== undefined && wanted(key));
  return Object.fromEntries(keys.map((key) => [key, options[key]]));
}

function option<Schema extends zod.ZodType, const Rest extends Omit<ReadingSpec<Schema>, "schema">>(
  schema: (z: Zod) => Schema,
  rest: Rest,
): Rest & { readonly schema: (z: Zod) => Schema } {
  return { schema, ...rest };
}
