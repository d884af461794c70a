/** `DATADAM_CACHE`, else `~/.cache/datadam` (or under `XDG_CACHE_HOME`). */
export declare function cacheFolder(environment?: Readonly<Record<string, string | undefined>>): string;
//# sourceMappingURL=cacheFolder.d.ts.map