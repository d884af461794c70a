// Which known word was meant by one that is unknown.

import leven from "leven";
import { LIMITS } from "../../limits.ts";

/** The known word nearest to `word` in edits, if near enough to be what was meant; case, `-` and `_` do not count. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LIMITS.wordLength) return undefined; // no known word is so long, and looking takes its square
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, "");
  const wanted = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = leven(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}
