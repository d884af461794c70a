// Flags on their way to functions that tell absent options from undefined ones.

/** Those of the flags that were given. */
export function given<Flags, Key extends keyof Flags>(
  flags: Flags,
  keys: readonly Key[],
): { [K in Key]?: Exclude<Flags[K], undefined> } {
  return Object.fromEntries(keys.flatMap((key) => (flags[key] === undefined ? [] : [[key, flags[key]]]))) as {
    [K in Key]?: Exclude<Flags[K], undefined>;
  };
}
