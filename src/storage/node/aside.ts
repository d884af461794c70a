// Where something is made before it gets its name: a folder beside the place, claimed by who makes it. What a kill
// leaves in it is found by the next one, who goes on with it or takes it away; a living maker is never disturbed.

import { rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DatadamError } from "../../errors.ts";
import { claim, systemClock } from "../claim.ts";
import type { Claim, ClaimOptions, Storage } from "../types.ts";
import { errno, ioError } from "./errors.ts";
import { flushFolder } from "./flush.ts";
import { folder } from "./folder.ts";
import { isAlive, thisProcess } from "./owner.ts";

/** Milliseconds between two attempts, and of all of them. */
const WAIT = 20;
const LONGEST_WAIT = 10_000;

/** A claimed folder, until it is released or discarded. */
export interface Aside {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Its files, fenced: see `Claim.storage`. */
  readonly storage: Storage;
  readonly claim: Claim;
  /** Puts a file or folder of it in its place, whole, and takes the rest away. An empty folder there is no obstacle. */
  place(name: string, target: string): Promise<void>;
  /** Lets go of it, as it is. */
  release(): Promise<void>;
  /** Takes it away. */
  discard(): Promise<void>;
}

/** @param path of the folder. @throws DatadamError RUN_HELD where a living process makes something there, IO */
export async function openAside(path: string, options: Pick<ClaimOptions, "onWait"> = {}): Promise<Aside> {
  const files = folder(path);
  const held = await claim(files, { ...options, owner: thisProcess(), isAlive });
  const discard = async (): Promise<void> => {
    // All but the claim, while it holds: who claims the folder next finds nothing.
    for (const name of await held.storage.list()) {
      if (name !== "claims/") await held.storage.remove(name.replace(/\/$/, ""));
    }
    await held.storage.sweep();
    await held.storage.sweep("claims");
    await held.release({ forget: true });
    // Who has come in since keeps the folder.
    await rmdir(join(files.name, "claims")).catch(() => undefined);
    await rmdir(files.name).catch(() => undefined);
  };
  return {
    path: files.name,
    storage: held.storage,
    claim: held,
    async place(name, target) {
      await held.check();
      try {
        await rename(join(files.name, name), target).catch(async (error) => {
          // Where an empty folder cannot be replaced.
          if (!["EEXIST", "EPERM", "EACCES", "ENOTEMPTY"].includes(errno(error) ?? "")) throw error;
          await rmdir(target);
          await rename(join(files.name, name), target);
        });
      } catch (error) {
        throw ioError(error, `Cannot write ${target}`);
      }
      await flushFolder(dirname(target));
      await discard();
    },
    release: () => held.release(),
    discard,
  };
}

/** Takes away what a killed process left at `path`. Nothing there, or a living owner, is no matter. */
export async function removeAside(path: string): Promise<void> {
  try {
    if (!(await stat(path)).isDirectory()) return;
    // Without a claim it was left by an earlier version, or half taken away.
    await openAside(path).then((aside) => aside.discard());
  } catch (error) {
    if (error instanceof DatadamError && error.code === "RUN_HELD") return;
    await rm(join(path, "claims"), { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Makes a file or folder beside its place and puts it there whole, or not at all; what an earlier process left of it is
 * taken away first. Of several at once, one comes after the other.
 *
 * @param make makes `name` in the claimed folder that it is given.
 * @throws DatadamError IO; RUN_HELD where another process is at it for ten seconds
 */
export async function placeFile(
  target: string,
  make: (storage: Storage, name: string) => Promise<void>,
): Promise<void> {
  const place = resolve(target);
  const path = asideOf(place);
  for (let waited = 0; ; waited += WAIT) {
    let aside: Aside;
    try {
      aside = await openAside(path);
    } catch (error) {
      if (!(error instanceof DatadamError && error.code === "RUN_HELD") || waited >= LONGEST_WAIT) throw error;
      await systemClock.sleep(WAIT);
      continue;
    }
    try {
      await aside.storage.remove("made");
      await make(aside.storage, "made");
      await aside.place("made", place);
      return;
    } catch (error) {
      await aside.discard().catch(() => undefined);
      throw error;
    }
  }
}

/** Takes away what a kill of {@link placeFile} left beside a place that has its file already. */
export async function sweepBeside(target: string): Promise<void> {
  await removeAside(asideOf(resolve(target)));
}

function asideOf(place: string): string {
  return join(dirname(place), `.partial-${basename(place)}`);
}
