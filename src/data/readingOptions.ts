// The options of reading a data set: types, checks, a run's record, help and the command line's options follow from this table.

import * as z from "zod";
import { DatadamError } from "../errors.ts";

/** What is known of an option of reading. */
export interface ReadingOption<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** What it does: a phrase for help and for the JSON Schema. */
  readonly about: string;
  /** What a value must be, for messages. Default: the choices. */
  readonly expected?: string;
  /** What it is where it is not given. Absent where that depends on the data set. */
  readonly default?: z.output<Schema>;
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

const TABLE = {
  labels: option(z.enum(["fine", "coarse"]), {
    about: "cifar100: its 100 fine classes or its 20 coarse ones",
    default: "fine",
    argument: "kind",
    recorded: true,
    decidesImages: true,
    refusal: "its images have one label",
  }),
  size: option(z.int().min(1).max(4096), {
    about: "image files: side in pixels of the square images that they become",
    expected: "a whole number from 1 to 4096",
    default: 32,
    defaultText: "32; 64 for tiny-imagenet and imagenet, 128 for imagenette and imagewoof",
    argument: "px",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  channels: option(z.literal([1, 3]), {
    about: "image files: 1 for grey, 3 for RGB",
    expected: "1 (grey) or 3 (RGB)",
    defaultText: "3, but 1 where every image of a folder is grey",
    argument: "n",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  split: option(z.number().gt(0).lt(1), {
    about:
      "sets without a test part: the share of each class that is for training, such as 0.8; the rest is for testing",
    expected: "a fraction between 0 and 1, such as 0.8 for training on 80 %",
    defaultText: "no test part",
    argument: "share",
    recorded: true,
    decidesImages: true,
    refusal: "its parts are as published",
  }),
  seed: option(z.int().min(0), {
    about: "seed of the split",
    expected: "a whole number from 0",
    default: 0,
    recorded: true,
    decidesImages: true,
  }),
  flippable: option(z.boolean(), {
    about: "images of one's own: whether a mirrored image keeps its class; false for digits and letters",
    expected: "true or false",
    default: true,
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  store: option(z.enum(["memory", "disk", "auto"]), {
    about: "image files: where decoded images are kept; disk is a cache, in which they are decoded once",
    default: "auto",
    defaultText: "auto: on the disk above 1 GiB of pixels, else in memory; tar archives always in memory",
    argument: "where",
    recorded: true,
    decidesImages: false,
    refusal: AS_THEY_ARE,
  }),
  corrupt: option(z.enum(["fail", "skip"]), {
    about: "image files that cannot be decoded: stop, or leave them out with a warning",
    default: "fail",
    argument: "what",
    recorded: true,
    decidesImages: true,
    refusal: AS_THEY_ARE,
  }),
  maxArchiveBytes: option(z.number().positive(), {
    about: "archives: the most bytes that they may unpack to",
    expected: "a positive number",
    default: 4 * 2 ** 30,
    defaultText: "4 GiB",
    recorded: true,
    decidesImages: false,
  }),
  cacheDir: option(z.string().min(1), {
    about: "folder of the cache of decoded images",
    expected: "the path of a folder",
    defaultText: "DATADAM_CACHE in the environment, else ~/.cache/datadam",
    recorded: false,
    decidesImages: false,
  }),
};

/** The name of an option of reading. */
export type ReadingKey = keyof typeof TABLE;

/** How a data set is read; what is absent has its default. */
export type ReadingOptions = { readonly [Key in ReadingKey]?: z.output<(typeof TABLE)[Key]["schema"]> };

type WithDefault = {
  [Key in ReadingKey]: (typeof TABLE)[Key] extends { readonly default: unknown } ? Key : never;
}[ReadingKey];

/** What is known of each option of reading. */
export const readingOptions: { readonly [Key in ReadingKey]: ReadingOption<(typeof TABLE)[Key]["schema"]> } = TABLE;

/** The names, in the order of help and records. */
export const readingKeys = Object.keys(TABLE) as readonly ReadingKey[];

/** The defaults that do not depend on the data set. */
export const readingDefaults = Object.fromEntries(
  readingKeys.flatMap((key) => {
    const { default: value }: ReadingOption = TABLE[key];
    return value === undefined ? [] : [[key, value]];
  }),
) as { readonly [Key in WithDefault]: NonNullable<ReadingOptions[Key]> };

/** Every option of reading, each optional; for JSON Schema and as a part of other schemas. */
export const readingSchema = z.strictObject(
  Object.fromEntries(
    readingKeys.map((key) => [key, TABLE[key].schema.describe(describeReading(key)).optional()]),
  ) as unknown as { [Key in ReadingKey]: z.ZodOptional<(typeof TABLE)[Key]["schema"]> },
);

/** What an option does, with its default: `image files: 1 for grey, 3 for RGB (default: 3, but ...)`. */
export function describeReading(key: ReadingKey): string {
  const { about, defaultText, default: value }: ReadingOption = readingOptions[key];
  return `${about} (default: ${defaultText ?? String(value)})`;
}

/** The words that an option may be, where it is one of a few. */
export function readingChoices(key: ReadingKey): readonly string[] | undefined {
  const { schema } = readingOptions[key];
  return schema instanceof z.ZodEnum ? (schema.options as readonly string[]) : undefined;
}

/**
 * Checks options that come from outside; a key whose value is undefined is as if it were absent.
 * @param where ends the messages: where the value of a key comes from, such as ` (job.json)`
 * @throws DatadamError INVALID_OPTION that names every wrong value and every unknown key
 */
export function parseReading(values: object, where: (key: string) => string = () => ""): ReadingOptions {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const problems = given.flatMap(([key, value]) => {
    if (!isReadingKey(key)) return [`there is no option of reading ${JSON.stringify(key)}${where(key)}`];
    if (readingOptions[key].schema.safeParse(value).success) return [];
    return [`${key} must be ${expectedOf(key)}, but it is ${JSON.stringify(value) ?? String(value)}${where(key)}`];
  });
  if (problems.length === 0) return Object.fromEntries(given) as ReadingOptions;
  throw new DatadamError("INVALID_OPTION", problems.join("\n  "), {
    hint: `The options of reading are ${readingKeys.join(", ")}.`,
  });
}

/** The value that a text (of a flag, of the environment) stands for. @throws DatadamError INVALID_OPTION */
export function readingFromText<Key extends ReadingKey>(
  key: Key,
  text: string,
  where = "",
): NonNullable<ReadingOptions[Key]> {
  const { schema } = readingOptions[key];
  const isText = schema instanceof z.ZodEnum || schema instanceof z.ZodString;
  const plain = /^(true|false|-?\d+(\.\d+)?(e[+-]?\d+)?)$/i.test(text);
  const value: unknown = isText || !plain ? text : JSON.parse(text.toLowerCase());
  return parseReading({ [key]: value }, () => where)[key]!;
}

/** What a run records of them: those that are given, in the table's order. */
export function recordedReading(options: ReadingOptions): ReadingOptions {
  return pick(options, (key) => readingOptions[key].recorded);
}

/** Those that are given and decide which images and labels there are. */
export function decidingReading(options: ReadingOptions): ReadingOptions {
  return pick(options, (key) => readingOptions[key].decidesImages);
}

/**
 * Refuses options that a data set or a reader does not take. Those that make no difference to it are ignored.
 * @throws DatadamError INVALID_OPTION that names the option, its value and why
 */
export function assertTaken(name: string, options: ReadingOptions, takes: readonly ReadingKey[]): void {
  for (const key of readingKeys) {
    const { refusal }: ReadingOption = readingOptions[key];
    if (options[key] === undefined || refusal === undefined || takes.includes(key)) continue;
    throw new DatadamError(
      "INVALID_OPTION",
      `The data set "${name}" takes no option ${key} (given: ${options[key]}): ${refusal}.`,
    );
  }
}

/** Whether `key` names an option of reading. */
export function isReadingKey(key: string): key is ReadingKey {
  return Object.hasOwn(TABLE, key);
}

function expectedOf(key: ReadingKey): string {
  const choices = readingChoices(key) ?? [];
  const listed = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return (readingOptions[key] as ReadingOption).expected ?? listed;
}

function pick(options: ReadingOptions, wanted: (key: ReadingKey) => boolean): ReadingOptions {
  const keys = readingKeys.filter((key) => options[key] !== undefined && wanted(key));
  return Object.fromEntries(keys.map((key) => [key, options[key]]));
}

function option<Schema extends z.ZodType, Rest extends Omit<ReadingOption<Schema>, "schema">>(
  schema: Schema,
  rest: Rest,
): Rest & { readonly schema: Schema } {
  return { schema, ...rest };
}
