// JSON that a person reads.

/** Keys whose lists of numbers stand in one line each. */
const MATRICES = /^( *)"(?:byClass|confusion)": \[\n.*?\n\1\]/gms;

/** Indented by two; a row of a matrix of an evaluation in one line. */
export function indented(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  const joined = (_: string, numbers: string): string => `[${numbers.split(/,\s+/).join(", ")}]`;
  return `${text.replace(MATRICES, (matrix) => matrix.replace(/\[\s+([^[\]]*?)\s+\]/g, joined))}\n`;
}
