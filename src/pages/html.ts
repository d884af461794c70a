// HTML as text. What is put between the marks is data: it is escaped, whatever it is, unless it is HTML already.

/** A piece of HTML, as {@link html} makes it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | false | null | undefined | readonly Part[];

/** A piece of a page: `html\`<p>${name}</p>\``. Strings and numbers are escaped, lists joined, false is nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(pieces.map((piece, i) => piece + (i < parts.length ? written(parts[i]) : "")).join(""));
}

/** Text that is HTML: an SVG of `plots`, a style sheet, a script of ours. */
export function raw(text: string): Html {
  return new Html(text);
}

/** What moves text around or cannot be seen: controls but tab and line feed, line separators, marks of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** JSON that may stand in a `<script>`: nothing in it ends the element or a line. */
export function scriptJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[<>&]/g, codeOf).replaceAll(UNSEEN, codeOf));
}

/** Text with what cannot be seen written out, as `\u202e`. */
export function seen(text: string): string {
  return text.replaceAll(UNSEEN, codeOf);
}

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function written(part: Part): string {
  if (part === false || part === null || part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(written).join("");
  return seen(String(part))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
