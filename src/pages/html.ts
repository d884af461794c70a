// HTML as text. What is put between the marks is data: it is escaped, whatever it is, unless it is HTML already.

import { codeOf, seen } from "../quoted.ts";

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

/** JSON that may stand in a `<script>`: nothing in it ends the element or a line. */
export function scriptJson(value: unknown): Html {
  return new Html(seen(JSON.stringify(value).replace(/[<>&]/g, codeOf)));
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
