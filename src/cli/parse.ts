// Words of the command line as values. What cannot be parsed is a usage error.

import { InvalidArgumentError } from "commander";

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failure: 1, usage: 2, tryAgain: 75, interrupted: 130 } as const;

/** A parser of whole numbers from `least` up. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** `1,10` as different whole numbers from `least` up, in their order. */
export function integerList(least: number): (text: string) => number[] {
  const one = integer(least);
  return (text) => [...new Set(text.split(",").map((part) => one(part.trim())))];
}

/** A number strictly between 0 and 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 1))
    throw new InvalidArgumentError("Expected a number between 0 and 1.");
  return value;
}

/** A number of 0 or more. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("Expected a number of 0 or more.");
  return value;
}

/** `a,b` as its words, each once; where `known` is given, of these alone. */
export function nameList<Name extends string>(known?: readonly Name[]): (text: string) => Name[] {
  return (text) => {
    const names = [...new Set(text.split(",").map((part) => part.trim()))] as Name[];
    const wrong = names.find((name) => name === "" || (known !== undefined && !known.includes(name)));
    if (wrong === undefined) return names;
    throw new InvalidArgumentError(
      `Expected names joined by commas${known === undefined ? "" : `, out of ${known.join(", ")}`}.`,
    );
  };
}

/** A number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

/** `0-4,7` as ascending class indices. */
export function classList(text: string): number[] {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last > 65535) {
      throw new InvalidArgumentError(`Expected class numbers such as 0-4,7.`);
    }
    for (let label = first; label <= last; label++) found.add(label);
  }
  return [...found].sort((a, b) => a - b);
}

/** `all`, `last`, or `0,0.5,5` as epochs. */
export function epochList(text: string): "all" | "last" | number[] {
  if (text === "all" || text === "last") return text;
  return text.split(",").map((part) => share(part.trim()));
}

/** Collects `--set key=value` into pairs. */
export function assignment(text: string, earlier: readonly [string, unknown][] = []): [string, unknown][] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected key=value.");
  return [...earlier, [text.slice(0, at).trim(), plainValue(text.slice(at + 1).trim())]];
}

/** Collects `--vary key=a,b,[0,1]` into keys with their values; commas in brackets are part of a value. */
export function variation(
  text: string,
  earlier: readonly (readonly [string, readonly unknown[]])[] = [],
): (readonly [string, readonly unknown[]])[] {
  const at = text.indexOf("=");
  const parts = at < 1 ? [] : text.slice(at + 1).split(/,(?![^[]*\])/);
  if (parts.length === 0 || parts.some((part) => part.trim() === "")) {
    throw new InvalidArgumentError("Expected key=value,value,...");
  }
  const key = text.slice(0, at).trim();
  if (earlier.some(([known]) => known === key)) throw new InvalidArgumentError(`${key} is varied already.`);
  if (new Set(parts.map((part) => part.trim())).size < parts.length) {
    throw new InvalidArgumentError("A value comes twice.");
  }
  return [...earlier, [key, parts.map((part) => plainValue(part.trim()))]];
}

/** Collects a repeatable option. */
export function names(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** Collects words separated by commas. */
export function wordList(text: string): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.includes("") || new Set(words).size !== words.length) {
    throw new InvalidArgumentError("Expected different names with commas between.");
  }
  return words;
}

/** Collects `--subset axis=a,b` into pairs of an axis and its choices. */
export function choices(
  text: string,
  earlier: readonly [string, (string | number)[]][] = [],
): [string, (string | number)[]][] {
  const [axis, list] = text.split(/=(.*)/s);
  if (!axis || !list) throw new InvalidArgumentError("Expected axis=choice,choice.");
  const words = wordList(list).map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  return [...earlier.filter(([other]) => other !== axis.trim()), [axis.trim(), words]];
}

/** A value written as text: JSON where it is some (`64`, `false`, `[0,1]`), else the text itself. */
export function plainValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
