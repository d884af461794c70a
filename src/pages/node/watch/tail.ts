// A file of JSON lines that another process adds to: only what is new is read.

import { open } from "node:fs/promises";

/** Bytes that are read at once, and of the longest line. */
const PIECE = 2 ** 20;
const LONGEST = 2 ** 22;

/** Lines of a growing file. A cut-off last line waits for its end; damaged lines are passed over. */
export class Tail {
  readonly #path: string;
  #position = 0;
  #file = "";
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes what was added since the last time.
   *
   * @param size of the file now.
   * @param file what tells it from one that took its place.
   * @param begin called where it is another file, or a shorter one, before its first line.
   */
  async read(size: number, file: string, begin: () => void, take: (line: unknown) => void): Promise<void> {
    if (file !== this.#file || size < this.#position) {
      begin();
      [this.#position, this.#file, this.#rest] = [0, file, Buffer.alloc(0)];
    }
    if (size === this.#position) return;
    const handle = await open(this.#path, "r");
    try {
      while (this.#position < size) {
        const wanted = Math.min(PIECE, size - this.#position);
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, this.#position);
        if (bytesRead === 0) return;
        this.#position += bytesRead;
        this.#add(buffer.subarray(0, bytesRead), take);
      }
    } finally {
      await handle.close();
    }
  }

  #add(bytes: Buffer, take: (line: unknown) => void): void {
    const all = Buffer.concat([this.#rest, bytes]);
    const end = all.lastIndexOf(0x0a);
    this.#rest = all.subarray(end + 1);
    if (this.#rest.length > LONGEST) this.#rest = Buffer.alloc(0);
    if (end < 0) return;
    for (const line of all.subarray(0, end).toString("utf8").split("\n")) {
      try {
        if (line !== "") take(JSON.parse(line));
      } catch {
        // Half of a line, or none of ours.
      }
    }
  }
}
