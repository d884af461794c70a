// The files that a table means: as it names them, or by their names further in, since tables of competitions give
// names without folders or endings.

import { isImagePath } from "../../layout/formats.ts";

/** What was found for one name. */
export type Found = { readonly path: string } | { readonly several: readonly string[] } | undefined;

/** Finds files of a tree by what a table calls them. */
export class Lookup {
  readonly #files = new Map<string, string>();
  /** By name, with and without its ending. */
  readonly #names = new Map<string, string[]>();

  /** @param files paths relative to the table's folder, with `/` */
  constructor(files: Iterable<string>) {
    for (const path of files) {
      this.#files.set(path.normalize("NFC"), path);
      if (!isImagePath(path)) continue;
      const name = path.slice(path.lastIndexOf("/") + 1).normalize("NFC");
      for (const key of new Set([name, name.replace(/\.\w+$/, "")])) {
        const known = this.#names.get(key);
        if (known === undefined) this.#names.set(key, [path]);
        else known.push(path);
      }
    }
  }

  /**
   * A file: at the very path, in either form of its letters (NFC or NFD); else the image whose path ends so, its ending
   * left out or not.
   * @param folder prefers a folder of that name where there are several
   */
  find(given: string, folder?: string): Found {
    const path = given
      .normalize("NFC")
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/");
    const exact = this.#files.get(path);
    if (exact !== undefined) return { path: exact };
    const named = this.#names.get(path.slice(path.lastIndexOf("/") + 1)) ?? [];
    const stem = (file: string) => file.replace(/\.\w+$/, "");
    const fits = named.filter((file) => {
      const full = `/${file.normalize("NFC")}`;
      return full.endsWith(`/${path}`) || stem(full).endsWith(`/${path}`);
    });
    const near = fits.filter((file) => folder !== undefined && file.split("/").slice(0, -1).includes(folder));
    const [best] = fits.length === 1 ? fits : near.length === 1 ? near : [];
    if (best !== undefined) return { path: best };
    return fits.length === 0 ? undefined : { several: fits };
  }
}
