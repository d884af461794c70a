// Runs a job in a storage: begins it, resumes it, or finds it finished. The same for a command, a table, a page, a
// queue.

import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { canonicalJson } from "../run/portable.ts";
import { type Clock, type Owner, ownerTitle, type Storage, systemClock } from "../storage/index.ts";
import { type Folder, openFolder } from "./folder/folder.ts";
import { sha256 } from "./folder/hash.ts";
import { ALWAYS_FREE } from "./inputs/data.ts";
import { kindOf } from "./job.ts";
import { eventQueue } from "./queue.ts";
import type { Context, Event, JobValue, Kind, LabOptions, LabRun } from "./types.ts";

/** Milliseconds between two steps of one stage in `events.jsonl`. */
const LOGGED_EVERY = 2000;
export const CHECKPOINT_SECONDS = 30;

/**
 * Runs a job. Where the storage holds the same job, it is resumed; where that is at its end, nothing is done.
 *
 * @param job     a value of `job()`; any other value is parsed.
 * @param storage where all its files go.
 * @throws DatadamError (by the iteration and by `result`) RUN_EXISTS where the storage holds another job, RUN_HELD
 *   where a living process writes it, and what the job itself fails with.
 */
export function run(job: JobValue | Readonly<Record<string, unknown>>, storage: Storage, options: LabOptions): LabRun {
  const events = eventQueue();
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  let started: Promise<unknown> | undefined;
  let read = false;
  const start = (): Promise<unknown> => {
    started ??= work(job, storage, { ...options, signal }, (event) => events.push(event)).finally(() => events.close());
    started.catch(() => undefined);
    return started;
  };
  return {
    async *[Symbol.asyncIterator]() {
      read = true;
      const ended = start();
      try {
        yield* events;
      } finally {
        // Left early: the work stops at its next safe place, and the storage is free again when this returns.
        if (!events.closed) {
          stop.abort(new DOMException("the iteration was left", "AbortError"));
          await ended.catch(() => undefined);
        }
      }
      if (!signal.aborted) await ended;
    },
    get result() {
      const ended = start();
      if (!read) events.discard();
      return ended;
    },
  };
}

/** @param lent the engine of a job that this one is a part of. */
async function work(
  value: JobValue | Readonly<Record<string, unknown>>,
  storage: Storage,
  options: LabOptions & { readonly signal: AbortSignal },
  emit: (event: Event) => void,
  lent?: Resources["engine"],
): Promise<unknown> {
  const { clock = systemClock, isAlive, stalled, interval } = options;
  const [kind, job] = kindOf(value);
  const owner = options.owner ?? { id: crypto.randomUUID() };
  const free = [...ALWAYS_FREE, ...kind.free];
  const onWait = (other: Owner | undefined, seconds: number): void =>
    emit({
      type: "note",
      message: `${storage.name} was being written by ${ownerTitle(other)}; waiting up to ${seconds} s for a sign of it`,
    });
  const { signal: stop } = options;
  const claiming = { owner, clock, isAlive, stalled, interval, onWait, signal: stop };
  const folder = await openFolder(storage, job, { ...claiming, free });
  const log = logger(folder, clock);
  const tell = (event: Event): void => {
    log.add(event);
    emit(event);
  };
  const signal = AbortSignal.any([options.signal, folder.claim.lost]);
  const resources = resourcesOf(job, options, lent);
  const context = contextOf(job, folder, signal, options, resources, tell);
  let done = false;
  try {
    if (folder.finished !== undefined && (await isFinished(folder, kind, context))) {
      const { result } = folder.finished;
      done = true;
      emit({ type: "finished", result, already: true });
      return result;
    }
    tell({ type: folder.record === undefined ? "started" : "resumed", job });
    const result = await kind.run(context);
    await log.flush();
    await folder.finish(result);
    done = true;
    tell({ type: "finished", result, already: false });
    return result;
  } catch (error) {
    if (signal.aborted && !folder.claim.lost.aborted && isReason(error, signal)) {
      tell({ type: "stopped", reason: messageOf(signal.reason) });
      throw error;
    }
    const { code = "FAILED", hint } = error instanceof DatadamError ? error : {};
    tell({ type: "failed", code, message: messageOf(error), hint });
    throw error;
  } finally {
    await log.flush();
    await resources.close();
    if (!done) await folder.abandon();
    await folder.release().catch(() => undefined);
  }
}

/** Whether a finished result is that of this job, keys that are free included, its files are whole, and it stands. */
async function isFinished({ finished, storage }: Folder, kind: Kind, context: Context): Promise<boolean> {
  if (finished === undefined) return false;
  const earlier = freeValues(finished.job, kind.free);
  if (canonicalJson(earlier) !== canonicalJson(freeValues(context.job, kind.free))) return false;
  for (const [file, expected] of Object.entries(finished.files)) {
    const bytes = await storage.read(file);
    if (bytes === undefined || (await sha256(bytes)) !== expected) return false;
  }
  return (await kind.stands?.(context)) ?? true;
}

function freeValues(job: unknown, keys: readonly string[]): unknown[] {
  return keys.map(
    (key) => key.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], job) ?? null,
  );
}

interface Resources extends Pick<Context, "engine" | "engineApart"> {
  close(): Promise<void>;
}

/**
 * What is made when it is first needed, and closed at the end. @param lent the engine of a job that this is a part of
 */
export function resourcesOf(
  { execution = {} }: JobValue,
  { engine }: LabOptions,
  lent: Resources["engine"] | undefined,
): Resources {
  let made: ReturnType<Resources["engine"]> | undefined;
  return {
    engine() {
      if (lent !== undefined) return lent();
      if (typeof engine !== "function") return Promise.resolve(engine);
      made ??= engine(execution);
      return made;
    },
    async engineApart(workers) {
      if (typeof engine === "function") return engine({ ...execution, workers });
      return borrowed(engine);
    },
    async close() {
      // An engine that could not be made was told of where it was asked for.
      const started = await made?.catch(() => undefined);
      await started?.close();
    },
  };
}

/** An engine that is another's to close. */
function borrowed(engine: Engine): Engine {
  return {
    ...{ device: engine.device, workers: engine.workers },
    ...{ microBatch: engine.microBatch, forwardBatch: engine.forwardBatch },
    run: (...task) => engine.run(...task),
    sum: (...task) => engine.sum(...task),
    gradients: (task) => engine.gradients(task),
    descend: (task) => engine.descend(task),
    close: async () => {},
  };
}

function contextOf(
  job: JobValue,
  folder: Folder,
  signal: AbortSignal,
  options: LabOptions,
  resources: Resources,
  emit: (event: Event) => void,
): Context {
  const { readers, versions = {}, environment = {}, cache, checkpoint, clock = systemClock } = options;
  const warn = (message: string): void => emit({ type: "warning", message });
  return {
    job,
    folder,
    readers,
    signal,
    versions,
    environment,
    measure: options.measure,
    peakMemory: options.peakMemory,
    cache: typeof cache === "function" ? cache(warn) : cache,
    checkpoint: { steps: checkpoint?.steps, seconds: checkpoint?.seconds ?? CHECKPOINT_SECONDS },
    clock,
    isAlive: options.isAlive,
    engine: resources.engine,
    engineApart: resources.engineApart,
    emit,
    note: (message) => emit({ type: "note", message }),
    warn,
    progress: (step) => emit({ type: "progress", ...step }),
    part: (inner, storage, { readers = options.readers, tell = passOn } = {}) =>
      work(inner, storage, { ...options, readers, signal }, tell, resources.engine),
  };
  /** The beginning and end of a part are its own affair; what it reports meanwhile is this job's progress. */
  function passOn(event: Event): void {
    if (["note", "warning", "progress"].includes(event.type)) emit(event);
  }
}

/** Writes events into the folder in their order; of a stage's steps, one every two seconds, the first and the last. */
function logger(folder: Folder, clock: Clock): { add(event: Event): void; flush(): Promise<void> } {
  let queue: Promise<void> = Promise.resolve();
  let stage: string | undefined;
  let loggedAt = 0;
  const wanted = (event: Event): boolean => {
    if (event.type === "row") return false; // It stands in its own file.
    if (event.type !== "progress") return true;
    const due = event.stage !== stage || event.done >= event.total || clock.now() - loggedAt >= LOGGED_EVERY;
    if (!due) return false;
    stage = event.stage;
    loggedAt = clock.now();
    return true;
  };
  return {
    add(event) {
      if (!wanted(event)) return;
      const line = { claim: folder.claim.number, time: new Date(clock.now()).toISOString(), ...event };
      // A page that shows less is no reason to stop: what matters is written with checks of its own.
      queue = queue.then(() => folder.log(line)).catch(() => undefined);
    },
    flush: () => queue,
  };
}

function isReason(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error as { name?: unknown } | null)?.name === "AbortError";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
