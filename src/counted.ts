// Numbers with what they count, for messages and tables.

/** `1 image`, `2 images`, `0 images`; `many` is the plural where an `s` does not make it. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
