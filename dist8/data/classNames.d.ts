/** Each name once: by number where all are whole numbers, so that 10 comes after 9, else by code units. */
export declare function sortedClasses(names: Iterable<string>): string[];
//# sourceMappingURL=classNames.d.ts.map