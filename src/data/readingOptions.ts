// The options of reading a data set, checked: types, schemas and messages follow from the table.

import * as z from "zod";
import { DatadamError } from "../errors.ts";
import { firstOf, quoted } from "../quoted.ts";
import {
  describeReading,
  isReadingKey,
  READING,
  type ReadingKey,
  type ReadingOptions,
  type ReadingSpec,
  readingKeys,
  specOf,
  valueOfText,
} from "./readingTable.ts";

export {
  decidingReading,
  describeReading,
  type ReadingKey,
  type ReadingOptions,
  readingChoices,
  readingKeys,
  recordedReading,
} from "./readingTable.ts";

type SchemaOf<Key extends ReadingKey> = ReturnType<(typeof READING)[Key]["schema"]>;

/** What is known of an option of reading, with its schema. */
export type ReadingOption<Schema extends z.ZodType = z.ZodType> = Omit<ReadingSpec<Schema>, "schema"> & {
  readonly schema: Schema;
};

type WithDefault = {
  [Key in ReadingKey]: (typeof READING)[Key] extends { readonly default: unknown } ? Key : never;
}[ReadingKey];

/** What is known of each option of reading. */
export const readingOptions = Object.fromEntries(
  readingKeys.map((key) => [key, { ...READING[key], schema: READING[key].schema(z) }]),
) as unknown as { readonly [Key in ReadingKey]: ReadingOption<SchemaOf<Key>> };

/** The defaults that do not depend on the data set. */
export const readingDefaults = Object.fromEntries(
  readingKeys.flatMap((key) => {
    const { default: value } = specOf(key);
    return value === undefined ? [] : [[key, value]];
  }),
) as { readonly [Key in WithDefault]: NonNullable<ReadingOptions[Key]> };

/** Every option of reading, each optional; for JSON Schema and as a part of other schemas. */
export const readingSchema = z.strictObject(
  Object.fromEntries(
    readingKeys.map((key) => [key, readingOptions[key].schema.describe(describeReading(key)).optional()]),
  ) as unknown as { [Key in ReadingKey]: z.ZodOptional<SchemaOf<Key>> },
);

/**
 * Checks options that come from outside; a key whose value is undefined is as if it were absent.
 * @param where ends the messages: where the value of a key comes from, such as ` (job.json)`
 * @throws DatadamError INVALID_OPTION that names every wrong value and every unknown key
 */
export function parseReading(values: object, where: (key: string) => string = () => ""): ReadingOptions {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const problems = given.flatMap(([key, value]) => {
    if (!isReadingKey(key)) return [`there is no option of reading ${quoted(key)}${where(key)}`];
    if (readingOptions[key].schema.safeParse(value).success) return [];
    return [`${key} must be ${expectedOf(key)}, but it is ${quoted(value)}${where(key)}`];
  });
  if (problems.length === 0) return Object.fromEntries(given) as ReadingOptions;
  throw new DatadamError("INVALID_OPTION", firstOf(problems, (problem) => problem).join("\n  "), {
    hint: `The options of reading are ${readingKeys.join(", ")}.`,
  });
}

/** The value that a text (of a flag, of the environment) stands for. @throws DatadamError INVALID_OPTION */
export function readingFromText<Key extends ReadingKey>(
  key: Key,
  text: string,
  where = "",
): NonNullable<ReadingOptions[Key]> {
  return parseReading({ [key]: valueOfText(key, text) }, () => where)[key]!;
}

/**
 * Refuses options that a data set or a reader does not take. Those that make no difference to it are ignored.
 * @throws DatadamError INVALID_OPTION that names the option, its value and why
 */
export function assertTaken(name: string, options: ReadingOptions, takes: readonly ReadingKey[]): void {
  for (const key of readingKeys) {
    const { refusal } = specOf(key);
    if (options[key] === undefined || refusal === undefined || takes.includes(key)) continue;
    throw new DatadamError(
      "INVALID_OPTION",
      `The data set "${name}" takes no option ${key} (given: ${options[key]}): ${refusal}.`,
    );
  }
}

function expectedOf(key: ReadingKey): string {
  const { choices = [], expected } = specOf(key);
  const listed = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return expected ?? listed;
}
