// JSON out of files, which may nest as deep as it likes.

import { LIMITS } from "./limits.ts";

/**
 * `JSON.parse`, of text that nests at most {@link LIMITS.jsonDepth} deep (what goes deeper overflows the stack of
 * whatever walks through it) and has at most {@link LIMITS.jsonValues} values (which take many times their bytes).
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  let [depth, values, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x2c) values++;
    else if (code === 0x5b || code === 0x7b) {
      values++;
      if (++depth > LIMITS.jsonDepth) throw new SyntaxError(`it nests more than ${LIMITS.jsonDepth} deep`);
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  if (values > LIMITS.jsonValues) throw new SyntaxError(`it has more than ${LIMITS.jsonValues} values`);
  return JSON.parse(text) as unknown;
}
