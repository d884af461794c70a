// The order of classes where only their names are known.

/** Each name once: by number where all are whole numbers, so that 10 comes after 9, else by code units. */
export function sortedClasses(names: Iterable<string>): string[] {
  const unique = [...new Set(names)].sort();
  return unique.every((name) => /^-?\d+$/.test(name)) ? unique.sort((a, b) => Number(a) - Number(b)) : unique;
}
