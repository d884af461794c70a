// Colours of a terminal: https://no-color.org, https://force-color.org

/** What is painted. */
export type Paint = (text: string) => string;

/** Paints by meaning; the text itself where there are no colours. */
export interface Palette {
  readonly error: Paint;
  readonly hint: Paint;
  readonly warning: Paint;
  readonly bar: Paint;
  readonly title: Paint;
}

/** Select graphic rendition: on, off. */
const CODES: Readonly<Record<keyof Palette, readonly [on: string, off: string]>> = {
  error: ["1;31", "22;39"],
  hint: ["36", "39"],
  warning: ["33", "39"],
  bar: ["32", "39"],
  title: ["1", "22"],
};

/** Whether there are colours: `FORCE_COLOR` says yes (no by 0 or false), else `NO_COLOR` no, else a terminal yes. */
export function hasColours(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM } = environment;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (none !== undefined && none !== "") return false;
  return stream.isTTY === true && TERM !== "dumb";
}

/** The colours of a stream. */
export function palette(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Palette {
  const coloured = hasColours(stream, environment);
  const paint =
    ([on, off]: readonly [string, string]): Paint =>
    (text) =>
      coloured && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return Object.fromEntries(Object.entries(CODES).map(([name, code]) => [name, paint(code)])) as unknown as Palette;
}
