// The one place through which all text for people goes. Names of files, classes, tensors and rows come from anywhere:
// they move no cursor, set no colour, turn no text around, and begin no line that looks like one of ours.

import { LIMITS } from "../../limits.ts";
import { shortened } from "../../quoted.ts";

/** What a terminal obeys or hides: C0 but tab and line feed, DEL, C1, line separators, and what turns text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Text of several lines, with what a terminal would obey written out as JSON does. JSON stays the same JSON. */
export function plain(text: string): string {
  return text.replaceAll(OBEYED, written);
}

/** A message: its first line, and the others so that none passes for the beginning of another. Long quotes are cut. */
export function message(text: string): string {
  const quotes = text.replaceAll(/"([^"\n]+)"/g, (_, quote: string) => `"${shortened(quote)}"`);
  return plain(shortened(quotes, LIMITS.messageLength)).replaceAll(/\n[^\S\n]*/g, "\n  ");
}

/** A stack: its lines are indented, as Node's are. */
export function stack(text: string): string {
  return plain(text).replaceAll(/\n(?!\s)/g, "\n  ");
}

/** A name on one line. */
export function name(text: string): string {
  return plain(shortened(text)).replaceAll(/[\t\n]/g, written);
}

/** A value as JSON, in which nothing is a terminal's either. */
export function json(value: unknown, indent?: number): string {
  return plain(JSON.stringify(value, undefined, indent) ?? "null");
}

function written(character: string): string {
  const short = { "\t": "\\t", "\n": "\\n", "\r": "\\r" }[character];
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
