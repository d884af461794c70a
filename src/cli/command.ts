// How commands are defined: options as a record, of which their flags, help and types are made. An option that is
// renamed here does not compile where it is used by its old name.

import { Command, Option } from "commander";
import {
  describeReading,
  READING,
  type ReadingArgument,
  type ReadingOptions,
  readingArguments,
  readingChoices,
  valueOfText,
} from "../data/readingTable.ts";
import { METHOD_NAMES, PRESET_NAMES } from "../distill/config/names.ts";
import { assignment, integer } from "./parse.ts";
import { environmentWarnings } from "./shell/environment.ts";
import { createUi, type Ui } from "./ui.ts";

/** An option; `T` is what its flag gives. Its name is the key that it stands under: `dataDir` is `--data-dir`. */
export interface OptionOf<T> {
  readonly description: string;
  /** The word after the flag, such as `<dir>`; none for a switch. */
  readonly word?: string;
  readonly parse?: (text: string, earlier: never) => T;
  readonly choices?: readonly T[];
  readonly mandatory?: boolean;
  /** `--no-name`: true unless given. */
  readonly negated?: boolean;
  /** Heading of its part of the help. Default: `Options:`. */
  readonly group?: string;
}

type Options = Readonly<Record<string, OptionOf<unknown>>>;

/** What the flags of options give. */
export type Flags<O extends Options> = {
  readonly [Key in keyof O]: O[Key] extends OptionOf<infer T> ? T : never;
};

/** An option with a value: text, or what `parse` makes of it. */
export function value(word: string, description: string): OptionOf<string | undefined>;
export function value<T>(
  word: string,
  description: string,
  parse: (text: string, earlier?: T) => T,
): OptionOf<T | undefined>;
export function value(word: string, description: string, parse?: (text: string) => unknown): OptionOf<unknown> {
  return { word, description, ...(parse && { parse }) };
}

/** An option whose value is one of a few words. */
export function choice<const T extends string>(
  word: string,
  description: string,
  choices: readonly T[],
): OptionOf<T | undefined> {
  return { word, description, choices };
}

/** A switch. */
export function flag(description: string): OptionOf<boolean | undefined> {
  return { description };
}

/** A switch that is on: `--no-name` turns it off. */
export function unless(description: string): OptionOf<boolean> {
  return { description, negated: true };
}

/** An option that must be given. */
export function required<T>(option: OptionOf<T | undefined>): OptionOf<T> {
  return { ...option, mandatory: true } as OptionOf<T>;
}

/** Options under a heading of the help. */
export function grouped<const O extends Options>(heading: string, options: O): O {
  const entries = Object.entries(options).map(([key, option]) => [key, { ...option, group: `${heading}:` }]);
  return Object.fromEntries(entries) as O;
}

/** A command: its words, and what it does. What is heavy is imported by `run`. */
export interface CommandDefinition<O extends Options> {
  readonly name: string;
  readonly summary: string;
  /** What stands after the name, such as `<run>` or `<runs...>`, and what it is. */
  readonly argument?: readonly [word: string, description: string];
  /** What stands after that. */
  readonly second?: readonly [word: string, description: string];
  readonly options: O;
  /** After the help. */
  readonly after?: string;
  /** Command lines that show what it is for, with what each does; below the help. */
  readonly examples?: readonly (readonly [line: string, about: string])[];
  /** @param program all commands: what completes words asks it. */
  run(flags: Flags<O>, ui: Ui, words: readonly string[], program: Command): Promise<void> | void;
}

/** Whether stacks are shown with errors: known once a command has begun. */
export const shown: { verbose: boolean } = { verbose: false };

/** Options that every command has. */
const COMMON = grouped("Output", {
  progress: choice("<mode>", "progress on stderr (default: auto)", ["auto", "tty", "plain", "json"]),
  quiet: flag("no progress, only warnings and errors"),
  verbose: flag("stack traces with errors"),
  json: flag("results as JSON on stdout, errors too"),
});

/** Makes a command of its definition. */
export function command<const O extends Options>(definition: CommandDefinition<O>): Command {
  const { name, summary, argument, second, options, after, examples = [], run } = definition;
  const places = [argument, second].filter((place) => place !== undefined);
  const made = new Command(name).description(summary);
  for (const place of places) made.argument(...place);
  for (const [key, option] of Object.entries({ ...options, ...COMMON })) made.addOption(optionOf(key, option));
  const shownExamples = examples.map(([line, about]) => `  # ${about}\n  ${line}`);
  if (examples.length > 0) made.addHelpText("after", ["\nExamples:", ...shownExamples].join("\n"));
  if (after !== undefined) made.addHelpText("after", after);
  return made.action(async (...given: unknown[]) => {
    const flags = made.opts<Flags<O> & Flags<typeof COMMON>>();
    shown.verbose = flags.verbose ?? false;
    const words = given.slice(0, places.length).flat();
    const ui = createUi(flags);
    for (const warning of await environmentWarnings(process.env)) ui.reporter.warn(warning);
    let program: Command = made;
    while (program.parent !== null) program = program.parent;
    await run(flags, ui, words as string[], program);
  });
}

function optionOf(key: string, definition: OptionOf<unknown>): Option {
  const { description, word, parse, choices, mandatory, negated, group } = definition;
  const kebab = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const option = new Option(`--${negated ? "no-" : ""}${kebab}${word === undefined ? "" : ` ${word}`}`, description);
  if (choices !== undefined) option.choices(choices as readonly string[]);
  if (parse !== undefined) option.argParser(parse as (text: string) => unknown);
  if (group !== undefined) option.helpGroup(group);
  return mandatory ? option.makeOptionMandatory() : option;
}

/** How images are read: the table of the options of reading. */
export const imageOptions = grouped("Data", {
  dataDir: value(
    "<dir>",
    "where a named data set is: its archive or its folder (default: where `datadam data add` said)",
  ),
  ...(Object.fromEntries(
    readingArguments.map((key) => {
      const [word, choices] = [`<${READING[key].argument}>`, readingChoices(key)];
      if (choices !== undefined) return [key, choice(word, describeReading(key), choices)];
      return [key, value(word, describeReading(key), (text) => valueOfText(key, text))];
    }),
  ) as { readonly [Key in ReadingArgument]: OptionOf<ReadingOptions[Key]> }),
});

/** The flags of {@link dataOptions}: the data set, its place and the options of reading. */
export type DataFlags = Flags<typeof dataOptions>;

/** Of all flags of a command those of the data set and of reading. */
export function dataFlags(flags: Partial<DataFlags>): Partial<DataFlags> {
  const keys = ["dataset", "dataDir", ...readingArguments] as const;
  return Object.fromEntries(keys.map((key) => [key, flags[key]]));
}

/** Which images, and how they are read. */
export const dataOptions = {
  ...grouped("Data", {
    dataset: value(
      "<name|path>",
      "a known name (see `datadam data list`), a folder, zip or tar of class folders, a .csv of " +
        "path,label, an .npz, WebDataset shards, or .parquet files (default: builtin)",
    ),
  }),
  ...imageOptions,
};

/** Where the work is done. */
export const executionOptions = grouped("Machine", {
  workers: value("<n>", "worker threads (default: one per core)", integer(1)),
  device: choice("<name>", "what computes (default: cpu)", ["cpu", "webgpu", "cuda"]),
});

/** What a job tells other programs while it works. */
export const logOption = choice("<what>", "tensorboard: scalars and pictures for TensorBoard, in the folder", [
  "tensorboard",
]);

/** What the work will take, instead of the work. */
export const planOption = flag("print what it will take: time, memory and disk, from a few measured steps; do nothing");

/** How is distilled. */
export const configurationOptions = grouped("Method", {
  method: choice("<name>", "what is matched (default: datadam)", METHOD_NAMES),
  preset: value(
    "<name>",
    `${PRESET_NAMES.join(", ")} (default: the method's first, paper for datadam; quick for the built-in set)`,
  ),
  ipc: value("<n>", "synthetic images per class", integer(1)),
  iterations: value("<n>", "distillation steps", integer(0)),
  seed: value("<n>", "seed of every random draw", integer(0)),
  checkpointEvery: value("<n>", "iterations between checkpoints (default: about 30 s)", integer(1)),
  set: value("<key=value>", "any configuration key; repeatable", assignment),
  config: value("<file>", "configuration keys as a JSON file"),
});
