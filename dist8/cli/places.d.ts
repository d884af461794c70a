export type Places = Readonly<Record<string, string>>;
/** `DATADAM_PLACES`, else `datadam/places.json` under `XDG_CONFIG_HOME` or `~/.config`. */
export declare function placesFile(environment?: Readonly<Record<string, string | undefined>>): string;
/** Absolute paths by name of data set; none where the file is missing. @throws DatadamError INVALID_DATA where it is damaged */
export declare function readPlaces(file?: string): Places;
/** The place of a data set; that of `imagenet` for its subset `imagenet:nette`, which may have its own. */
export declare function placeOf(places: Places, name: string): string | undefined;
/** Remembers where a data set lies. */
export declare function rememberPlace(name: string, path: string, file?: string): void;
//# sourceMappingURL=places.d.ts.map