// One writer at a time, on any storage: claims with growing numbers, a heart that others judge by their own clock, and
// writes that stop when a higher claim is there.

import { DatadamError } from "../errors.ts";
import { aroundWrites } from "./aroundWrites.ts";
import type { Claim, ClaimOptions, Clock, Owner, Storage } from "./types.ts";

const FOLDER = "claims";
const INTERVAL = 5000;
const PATIENCE = 6;

/** The system's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal, { background = false } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      if (background) (timer as { unref?: () => void }).unref?.();
      signal?.addEventListener("abort", done);
    }),
};

/** What `claims/<number>.json` holds. Only its owner writes it again. */
interface ClaimFile {
  readonly owner: Owner;
  /** Counts on while the owner lives. */
  readonly beat: number;
  readonly released?: boolean;
}

/**
 * Claims a storage for writing.
 *
 * The claim of the highest number holds. A new one is made by exclusive creation of the next number, so that two
 * claimants cannot both win; it may be made where the last was released, where its owner is gone for certain, or where
 * its heart did not beat for `patience` intervals of the claimant's own clock. A holder that was taken over finds a
 * higher number before it writes, and stops.
 *
 * @throws DatadamError RUN_HELD where a living owner holds it, naming it; IO
 */
export async function claim(storage: Storage, options: ClaimOptions): Promise<Claim> {
  for (;;) {
    const last = await highest(storage);
    if (last > 0) await requireFree(storage, last, options);
    const number = last + 1;
    if (!(await storage.create(pathOf(number), encode({ owner: options.owner, beat: 0 })))) continue;
    await removeLower(storage, number);
    return hold(storage, number, options);
  }
}

/** Who holds a storage now, for watchers: nothing is judged. Undefined where it is free. */
export async function holder(storage: Storage): Promise<{ number: number; owner: Owner; beat: number } | undefined> {
  const number = await highest(storage);
  const current = number === 0 ? undefined : decode(await textOf(storage, number));
  return current === undefined || current.released ? undefined : { number, owner: current.owner, beat: current.beat };
}

function hold(claimed: Storage, number: number, options: ClaimOptions): Claim {
  const storage = claimed.anchored?.() ?? claimed;
  const { owner, clock = systemClock, interval = INTERVAL } = options;
  const lost = new AbortController();
  const ended = new AbortController();
  let beat = 0;
  let beating: Promise<void> = Promise.resolve();
  const check = async (): Promise<void> => {
    if (!lost.signal.aborted) {
      const standing = await standingOf(storage, number, owner);
      if (standing !== "held") {
        lost.abort(lostError(storage, standing));
        ended.abort();
      }
    }
    lost.signal.throwIfAborted();
    if (ended.signal.aborted) throw new Error(`the claim on ${storage.name} was released`);
  };
  const held: Claim = {
    number,
    owner,
    lost: lost.signal,
    storage: fenced(storage, check),
    check,
    async beat() {
      await check();
      beat++;
      await storage.write(pathOf(number), encode({ owner, beat }));
    },
    async release({ forget = false } = {}) {
      if (ended.signal.aborted) return;
      ended.abort();
      await beating;
      if (forget) await storage.remove(pathOf(number));
      // A number is never used again: what was released stays, as the highest.
      else if ((await standingOf(storage, number, owner)) === "held")
        await storage.write(pathOf(number), encode({ owner, beat, released: true }));
    },
  };
  beating = (async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(interval, ended.signal, { background: true });
      if (ended.signal.aborted) return;
      // A beat that cannot be written may be written the next time; one that is lost ends the loop.
      await held.beat().catch(() => undefined);
    }
  })();
  return held;
}

/** Whether a claim holds: another may have taken over, or the whole folder may have been removed, or put anew. */
async function standingOf(storage: Storage, number: number, owner: Owner): Promise<"held" | "taken" | "removed"> {
  const top = await highest(storage);
  if (top !== number) return top > number ? "taken" : "removed";
  const current = decode(await textOf(storage, number));
  return current === undefined || current.owner.id === owner.id ? "held" : "removed";
}

function lostError({ name }: Storage, how: "taken" | "removed"): DatadamError {
  if (how === "taken") {
    return new DatadamError("CLAIM_LOST", `${name} was taken over by another process`, {
      hint: "Nothing is lost: the other one resumes where this one stopped.",
    });
  }
  return new DatadamError("CLAIM_LOST", `${name} was removed or moved away while this process wrote it`, {
    hint: "Where it was moved, resume it there. Else what was in it is gone: begin anew.",
  });
}

/** @throws DatadamError RUN_HELD where the claim's owner lives */
async function requireFree(storage: Storage, number: number, options: ClaimOptions): Promise<void> {
  const {
    clock = systemClock,
    interval = INTERVAL,
    patience = PATIENCE,
    isAlive,
    stalled = "refuse",
    onWait,
    signal,
  } = options;
  const text = await textOf(storage, number);
  const current = decode(text);
  if (text === undefined || current?.released) return;
  const known = current === undefined ? undefined : isAlive?.(current.owner);
  if (known === false) return;
  if (known === true && stalled === "refuse") throw heldError(storage, number, current!.owner);
  onWait?.(current?.owner, (patience * interval) / 1000);
  for (let waited = 0; waited < patience; waited++) {
    await clock.sleep(interval, signal);
    signal?.throwIfAborted();
    const now = await textOf(storage, number);
    if (now === undefined || decode(now)?.released) return;
    if (now !== text) throw heldError(storage, number, decode(now)?.owner ?? current?.owner);
  }
}

function heldError(storage: Storage, number: number, owner: Owner | undefined): DatadamError {
  return new DatadamError("RUN_HELD", `${storage.name} is being written by ${ownerTitle(owner)}`, {
    hint: `Wait for it, or stop it. If it is gone for certain, delete ${pathOf(number)} there.`,
  });
}

/** An owner as a person would call it: `process 7 on host`. */
export function ownerTitle(owner: Owner | undefined): string {
  const who = owner?.pid === undefined ? "another process" : `process ${owner.pid}`;
  return owner?.host === undefined ? who : `${who} on ${owner.host}`;
}

/** Every write looks first whether the claim still holds; one that fails, whether that is why. */
function fenced(storage: Storage, check: () => Promise<void>): Storage {
  const checked = async <T>(write: () => Promise<T>): Promise<T> => {
    await check();
    try {
      return await write();
    } catch (error) {
      await check();
      throw error;
    }
  };
  return aroundWrites(storage, checked);
}

function pathOf(number: number): string {
  return `${FOLDER}/${String(number).padStart(4, "0")}.json`;
}

/** The highest number that was claimed; 0 where none was. */
async function highest(storage: Storage): Promise<number> {
  return Math.max(0, ...(await numbers(storage)));
}

async function numbers(storage: Storage): Promise<number[]> {
  return (await storage.list(FOLDER)).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
}

async function removeLower(storage: Storage, number: number): Promise<void> {
  for (const lower of await numbers(storage)) {
    // Left over, it does no harm.
    if (lower < number) await storage.remove(pathOf(lower)).catch(() => undefined);
  }
}

async function textOf(storage: Storage, number: number): Promise<string | undefined> {
  const bytes = await storage.read(pathOf(number));
  return bytes && new TextDecoder().decode(bytes);
}

function encode(content: ClaimFile): string {
  return `${JSON.stringify(content)}\n`;
}

/** Undefined where a claim cannot be read: half-written, perhaps. It counts as held until it does not change. */
function decode(text: string | undefined): ClaimFile | undefined {
  try {
    const { owner, beat, released } = JSON.parse(text ?? "") as ClaimFile;
    return typeof owner?.id === "string" && typeof beat === "number" ? { owner, beat, released } : undefined;
  } catch {
    return undefined;
  }
}
