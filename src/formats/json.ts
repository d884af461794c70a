// What JSON.parse does not report: whether an object names a key twice.

/** The first key that some object of a (valid) JSON text holds twice, `undefined` where there is none. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // keys so far of each open object, undefined for an array
  const mark = /["{}[\]]/g;
  const colon = /\s*:/y;
  for (let match = mark.exec(json); match !== null; match = mark.exec(json)) {
    const token = match[0];
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else {
      const end = endOfString(json, match.index + 1);
      mark.lastIndex = end;
      colon.lastIndex = end;
      if (!colon.test(json)) continue;
      const key = JSON.parse(json.slice(match.index, end)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

/** The place after the quote that ends a string, whose first character is at `at`. One regex for it would overflow. */
function endOfString(json: string, at: number): number {
  for (let quote = json.indexOf('"', at); ; quote = json.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (json[quote - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return quote + 1;
  }
}
