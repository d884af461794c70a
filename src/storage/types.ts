// Where a job keeps its files, and who may write them. A folder, memory, a browser's OPFS and an object store fit it.

/**
 * A tree of files. Paths are relative, with `/` between folders; folders come and go with their files. Every method may
 * reject with a DatadamError `IO` that names the place and what helps.
 */
export interface Storage {
  /** Where it is, for people: an absolute path, or e.g. `memory`. */
  readonly name: string;
  /** The whole file, or undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * `length` bytes from `position` on; fewer where the file ends. @throws DatadamError IO where there is no such file
   */
  readAt(path: string, position: number, length: number): Promise<Uint8Array>;
  /** Bytes of a file, or undefined where there is none. */
  size(path: string): Promise<number | undefined>;
  /**
   * Names of the files in a folder and, with a `/` at the end, of its folders, sorted; none where it does not exist.
   */
  list(folder?: string): Promise<string[]>;
  /** Writes a file whole or not at all: a reader, or who comes after a kill, sees the old content or the new one. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** As `write`, but only where there is no such file: of several callers exactly one gets true. */
  create(path: string, content: Uint8Array | string): Promise<boolean>;
  /**
   * Adds to the end of a file, which is made where it is missing. A kill may leave a part of `content`.
   *
   * @param options.flush waits until the content survives a loss of power. Default false.
   */
  append(path: string, content: Uint8Array | string, options?: { readonly flush?: boolean }): Promise<void>;
  /** Removes a file, or a folder with all that is in it. Nothing there is no failure. */
  remove(path: string): Promise<void>;
  /** Removes what writers that were killed left aside, in a folder (not those below it). Only under a claim. */
  sweep(folder?: string): Promise<void>;
  /** A folder of it as a storage of its own. */
  at(folder: string): Storage;
  /** The same files, but where all of it has been removed nothing is made there again. Default: as it is. */
  anchored?(): Storage;
  /** Seconds since a file was written, by the clock of where it lies. Default: not known. */
  age?(path: string): Promise<number | undefined>;
}

/** Who holds a claim: enough to tell a person, and to know for certain that it is gone. */
export interface Owner {
  /** Random, of this run of the program. */
  readonly id: string;
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  /** Of process numbers: equal numbers in two containers are two processes. */
  readonly pidNamespace?: string | undefined;
  /** Of the running system: two machines may have one host name. */
  readonly machine?: string | undefined;
  /** Start time of the process where the system tells it: a number may be used again. */
  readonly started?: string | undefined;
}

/** Time, as far as claims need it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after `milliseconds`, or when `signal` is aborted.
   *
   * @param options.background does not keep a program alive. Default false: what waits for another process is to end.
   */
  sleep(milliseconds: number, signal?: AbortSignal, options?: { readonly background?: boolean }): Promise<void>;
}

/** The right to write a storage, until it is released or another takes it over. */
export interface Claim {
  /** Greater than that of every earlier claim of the same storage. */
  readonly number: number;
  readonly owner: Owner;
  /** Aborted when another has taken over, or the storage was removed; its reason is a DatadamError `CLAIM_LOST`. */
  readonly lost: AbortSignal;
  /** The storage, which refuses to write once the claim is lost or released: each write looks first. */
  readonly storage: Storage;
  /** @throws DatadamError CLAIM_LOST where another has taken over, or the storage was removed */
  check(): Promise<void>;
  /** Shows that the owner is alive: counts on. Done by itself every `interval`; for tests. */
  beat(): Promise<void>;
  /**
   * Gives the storage back. Calling it twice is harmless.
   *
   * @param options.forget leaves no trace, where nothing was written that a later claim could meet. Default false.
   */
  release(options?: { readonly forget?: boolean }): Promise<void>;
}

/** How {@link claim} works. */
export interface ClaimOptions {
  readonly owner: Owner;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Milliseconds between two beats of the heart. Default 5000. */
  readonly interval?: number | undefined;
  /** Intervals without a beat after which an owner counts as gone. Default 6. */
  readonly patience?: number | undefined;
  /**
   * What is known of another owner for certain: true, it lives; false, it is gone; undefined, only its heart can tell.
   * Default: nothing is known.
   */
  readonly isAlive?: ((owner: Owner) => boolean | undefined) | undefined;
  /** `refuse` (default): an owner whose process exists is waited for by nobody. `take`: its heart decides, too. */
  readonly stalled?: "refuse" | "take" | undefined;
  /**
   * Told before the wait for the heart of an owner of whom nothing is known.
   *
   * @param seconds the longest that it takes.
   */
  readonly onWait?: ((owner: Owner | undefined, seconds: number) => void) | undefined;
  /** Ends the wait for another's heart. */
  readonly signal?: AbortSignal | undefined;
}
