// What an architecture is: facts and options that are known before a network is built, and a function that builds one.

import type { Tensor } from "../tensor/operations.ts";
import type { Norm } from "./names.ts";
import type { BufferSpec, Forward, Network, ParameterSpec, Tensors } from "./network.ts";

/** Options of every network; an architecture may have more. */
export interface NetworkOptions {
  /** Image channels. Default 3. */
  channels?: number;
  /** Image height and width, in pixels; a pair for images that are not square. Default 32. */
  size?: number | readonly [height: number, width: number];
  /** Default 10. */
  classes?: number;
  /** Channels of the first block; those of later blocks follow it. Default: that of the architecture. */
  width?: number;
  /** Default: that of the architecture. */
  norm?: Norm;
}

/** What is known of an architecture without building it. */
export interface Facts {
  readonly name: string;
  /** What it is, in a few words, for help and documentation. */
  readonly summary: string;
  /** Default width: channels of the first block (hidden units of `mlp`, token length of `vit`). */
  readonly width: number;
  /** Norms it can have, its default first. */
  readonly norms: readonly [Norm, ...Norm[]];
  /** Least height and width of its images, in pixels. */
  readonly smallest: number;
}

interface Described<Value> {
  /** What it does, for help and documentation: a sentence. */
  readonly description: string;
  readonly default: Value;
  /** Its value for images of `height` x `width` px where a network is chosen for a data set; else `default`. */
  readonly auto?: (height: number, width: number) => Value;
}

/** A number between `least` (default 1) and `most`; an integer where `type` says so. */
export interface NumberOption extends Described<number> {
  readonly type: "integer" | "number";
  readonly least?: number;
  readonly most: number;
}

export interface ChoiceOption extends Described<string> {
  readonly type: "choice";
  readonly choices: readonly string[];
}

export interface BooleanOption extends Described<boolean> {
  readonly type: "boolean";
}

/** An option that an architecture has for itself. Plain data: validation, help and types follow from it. */
export type OptionSpec = NumberOption | ChoiceOption | BooleanOption;

/** The values that an option can have. */
export type OptionValue<Spec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Spec extends { readonly type: "boolean" }
    ? boolean
    : number;

type Options = Readonly<Record<string, OptionSpec>>;
/** Of an architecture that has `width` and `norm` alone. */
export type NoOptions = Readonly<Record<never, OptionSpec>>;
type Values<Own extends Options> = { readonly [Key in keyof Own]: OptionValue<Own[Key]> };

/** What a network is built of: every option, checked. */
export interface BuildContext {
  readonly channels: number;
  readonly height: number;
  readonly imageWidth: number;
  readonly classes: number;
  readonly width: number;
  readonly norm: Norm;
}

/** What `build` gives: a {@link Network} without what follows from its options. */
export interface Body {
  readonly parameters: readonly ParameterSpec[];
  /** Running statistics; default none. */
  readonly buffers?: readonly BufferSpec[];
  /** Number of activation maps that `forward` gives. */
  readonly activationCount: number;
  forward(values: Tensors, images: Tensor, mode: "train" | "evaluate"): Forward;
}

/** A function that builds networks of one architecture, with what is known of it before. */
export interface Architecture<Own extends Options = Options> {
  /** @throws RangeError for options it does not have, values they cannot have, and images that are too small. */
  (options?: NetworkOptions & { -readonly [Key in keyof Own]?: OptionValue<Own[Key]> }): Network;
  readonly facts: Facts;
  /** Its own options, beside `width` and `norm`. */
  readonly options: Own;
}

/**
 * Makes an architecture. Options are checked and completed before `build` sees them.
 *
 * @param definition.build throws RangeError where options do not go together.
 */
export function architecture<const Own extends Options>({
  facts,
  options: specs,
  build,
}: {
  readonly facts: Facts;
  readonly options: Own;
  readonly build: (context: BuildContext & Values<Own>) => Body;
}): Architecture<Own> {
  const builder = (given: NetworkOptions & Readonly<Record<string, unknown>> = {}): Network => {
    const { channels = 3, size = 32, classes = 10, width = facts.width, norm = facts.norms[0] } = given;
    const values = ownValues(facts.name, specs, given);
    const [height, imageWidth] = typeof size === "number" ? [size, size] : size;
    checkCommon(facts, { channels, height, imageWidth, classes, width, norm });
    const context = { channels, height, imageWidth, classes, width, norm, ...(values as Values<Own>) };
    const { buffers = [], ...body } = build(context);
    return {
      name: facts.name,
      options: { channels, size, classes, width, norm, ...values },
      input: [channels, height, imageWidth],
      classes,
      usesBatchStatistics: norm === "batch",
      buffers,
      ...body,
    };
  };
  return Object.assign(builder, { facts, options: specs });
}

const COMMON = ["channels", "size", "classes", "width", "norm"];

function ownValues(network: string, specs: Options, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || COMMON.includes(key) || Object.hasOwn(specs, key)) continue;
    throw new RangeError(
      `${key} does not apply to ${network}; it has ${sentence(["width", "norm", ...Object.keys(specs)])}`,
    );
  }
  return Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [key, checkedValue(network, key, spec, given[key] ?? spec.default)]),
  );
}

function checkedValue(network: string, key: string, spec: OptionSpec, value: unknown): unknown {
  if (spec.type === "choice") {
    if (spec.choices.includes(value as string)) return value;
    throw new RangeError(`${network}: unknown ${key} "${value}"; known: ${spec.choices.join(", ")}`);
  }
  if (spec.type === "boolean") {
    if (typeof value === "boolean") return value;
    throw new RangeError(`${network}: ${key} must be true or false, got ${value}`);
  }
  const { type, least = 1, most } = spec;
  const fits = type === "integer" ? Number.isInteger(value) : Number.isFinite(value);
  if (fits && (value as number) >= least && (value as number) <= most) return value;
  const kind = type === "integer" ? "an integer" : "a number";
  throw new RangeError(`${network}: ${key} must be ${kind} from ${least} to ${most}, got ${value}`);
}

function checkCommon(facts: Facts, { channels, height, imageWidth, classes, width, norm }: BuildContext): void {
  const { name, norms, smallest } = facts;
  const counts = { channels, height, width: imageWidth, classes, "net width": width };
  for (const [what, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name}: ${what} must be a positive integer, got ${value}`);
  }
  if (!norms.includes(norm))
    throw new RangeError(`${name}: norm "${norm}" does not apply; it can have: ${norms.join(", ")}`);
  if (norm === "group" && width % 4 !== 0)
    throw new RangeError(`${name}: group norm needs a width divisible by 4, got ${width}`);
  if (Math.min(height, imageWidth) < smallest) {
    const images = `${height} x ${imageWidth} images`;
    throw new RangeError(
      `${name}: ${images} are too small for it; it needs ${smallest} px or more, or use another network`,
    );
  }
}

/** `a, b and c` */
function sentence(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What of a network's options images of `shape` decide. */
export function imageOptions(
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  classes: number,
): Required<Pick<NetworkOptions, "channels" | "size" | "classes">> {
  return { channels, size: height === width ? height : [height, width], classes };
}

/**
 * Zeros on each side in the first convolution: images of 28 px become the 32 px that the family's networks are made
 * for.
 */
export function firstPadding(usual: number, height: number, width: number): number {
  return height === 28 && width === 28 ? usual + 2 : usual;
}
