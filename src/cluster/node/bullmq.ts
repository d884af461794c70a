// A plan in a queue of BullMQ, on Redis: put there, and done by workers. The plan's folder says what is done, not
// Redis.

import type { Job, JobsOptions, Queue, Worker } from "bullmq";
import { DatadamError } from "../../errors.ts";
import { systemClock } from "../../storage/index.ts";
import { storageAt } from "../../storage/node/index.ts";
import type { Storage } from "../../storage/types.ts";
import { stageOf } from "../folder.ts";
import { isDone } from "../marks.ts";
import type { Plan, QueueState } from "../types.ts";
import { CODES, type Ended, JobProcesses } from "./processes.ts";

const QUEUE = "datadam";
/** Jobs that are added at once. */
const CHUNK = 1000;
/** Milliseconds until a job comes back: one that ended to be started again; one that failed, at first and at most. */
const AGAIN = 2000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
/** Milliseconds without a sign of a worker after which its jobs go to others. */
const LOCK = 30_000;
/** Workers may be killed however often. */
const STALLED = 1_000_000;
/** Milliseconds between two reports of how far a job is. */
const REPORTED = 2000;

/** Running jobs that are named. */
const NAMED = 10;

interface Data {
  /** Folder of the plan, as all machines call it. */
  readonly plan: string;
  readonly index: number;
  /** How often it may still be tried after a failure, and how often it has failed. */
  readonly retries: number;
  readonly failures: number;
}

/** @throws DatadamError BACKEND_UNAVAILABLE */
async function load(): Promise<typeof import("bullmq")> {
  try {
    return await import("bullmq");
  } catch (cause) {
    const hint = "Install it beside this package: npm install bullmq ioredis";
    throw new DatadamError("BACKEND_UNAVAILABLE", "BullMQ is not installed here", { hint, cause });
  }
}

export interface QueueOptions {
  /** `redis://HOST:6379`. */
  readonly redis: string;
  /** How often a job that failed is tried again. */
  readonly retries: number;
  /** Told of trouble with Redis, which is tried again. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Puts jobs of a plan into the queue: those of earlier stages come first. A job that is there already stays.
 *
 * @returns how many are in the queue that were not before.
 */
export async function enqueue(
  storage: Storage,
  plan: Plan,
  missing: readonly number[],
  { redis, retries, onTrouble }: QueueOptions,
): Promise<number> {
  const { Queue } = await load();
  const queue: Queue<Data> = new Queue(QUEUE, { connection: { url: redis } });
  queue.on("error", ({ message }) => onTrouble(message));
  try {
    const before = await sizeOf(queue);
    for (let at = 0; at < missing.length; at += CHUNK) {
      await queue.addBulk(
        missing.slice(at, at + CHUNK).map((index) => ({
          name: plan.job.kind,
          data: { plan: storage.name, index, retries, failures: 0 },
          opts: optionsOf(storage, plan, index),
        })),
      );
    }
    return (await sizeOf(queue)) - before;
  } finally {
    await queue.close();
  }
}

async function sizeOf(queue: Queue<Data>): Promise<number> {
  return queue.getJobCountByTypes("waiting", "prioritized", "delayed", "active");
}

function optionsOf(storage: Storage, plan: Plan, index: number): JobsOptions {
  return {
    // The same job is not put there twice. A colon is BullMQ's own.
    jobId: `${plan.created}|${storage.name}|${index}`.replaceAll(":", "."),
    priority: 1 + plan.stages.indexOf(stageOf(plan, index)),
    // What has ended is known by the folder: it can be put there again.
    removeOnComplete: true,
    removeOnFail: true,
  };
}

export interface QueueWorkerOptions extends Pick<QueueOptions, "redis" | "onTrouble"> {
  /** Jobs at once. */
  readonly workers: number;
  /** The words that do jobs of a plan whose numbers come from stdin: a program and its arguments. */
  readonly words: (plan: string) => readonly string[];
  readonly onJob: (plan: string, index: number, what: string) => void;
  /** Ends it: jobs are stopped at their next safe place, and go back to the queue. */
  readonly signal: AbortSignal;
}

/** What doing a job of the queue needs. */
interface Tools extends QueueWorkerOptions {
  readonly processes: JobProcesses;
  readonly bullmq: typeof import("bullmq");
}

/** Does jobs of the queue, in processes beside this one, until `signal` is aborted. */
export async function workQueue(options: QueueWorkerOptions): Promise<void> {
  const { redis, workers, onTrouble, signal } = options;
  const bullmq = await load();
  const processes = new JobProcesses(options.words);
  const tools: Tools = { ...options, processes, bullmq };
  const worker: Worker<Data> = new bullmq.Worker(QUEUE, (job: Job<Data>, token) => doJob(job, token, tools), {
    connection: { url: redis, maxRetriesPerRequest: null },
    concurrency: workers,
    lockDuration: LOCK,
    maxStalledCount: STALLED,
  });
  worker.on("error", ({ message }) => onTrouble(message));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
  await worker.close();
  processes.close();
}

async function doJob(job: Job<Data>, token: string | undefined, tools: Tools): Promise<void> {
  const { processes, signal, onJob, bullmq } = tools;
  const { plan, index, retries, failures } = job.data;
  const storage = storageAt(plan);
  if (await isDone(storage, index)) return;
  onJob(plan, index, "begins");
  let reported = 0;
  const ended: Ended = await processes.run(plan, index, signal, (line) => {
    if (Date.now() - reported < REPORTED || !line.startsWith('{"event":"progress"')) return;
    reported = Date.now();
    // How far it is matters to nobody's result.
    void job.updateProgress(JSON.parse(line) as object).catch(() => undefined);
  });
  if (await isDone(storage, index)) return onJob(plan, index, "is done");
  if (ended.code === CODES.again || signal.aborted) {
    onJob(plan, index, "goes back to the queue");
    return comeBack(job, token, AGAIN, tools);
  }
  onJob(plan, index, `failed: ${ended.why}`);
  if (ended.code === CODES.wrong || failures >= retries) throw new bullmq.UnrecoverableError(ended.why);
  await job.updateData({ ...job.data, failures: failures + 1 });
  return comeBack(job, token, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures), tools);
}

/**
 * Puts a job back into the queue after `milliseconds`, behind those of its stage. It waits here, not in the queue:
 * there it would wait until a time by this machine's clock, which may be an hour fast.
 */
async function comeBack(
  job: Job<Data>,
  token: string | undefined,
  milliseconds: number,
  { signal, bullmq }: Tools,
): Promise<never> {
  await systemClock.sleep(milliseconds, signal);
  await job.moveToWait(token);
  await job.changePriority({ priority: job.opts.priority ?? 1 });
  throw new bullmq.WaitingError();
}

/**
 * Looks at a queue, again and again.
 *
 * @param redis `redis://HOST:6379`; what opens it is in no name.
 * @throws DatadamError BACKEND_UNAVAILABLE, INVALID_OPTION
 */
export async function viewQueue(
  redis: string,
): Promise<{ readonly name: string; look(): Promise<QueueState>; close(): Promise<void> }> {
  const { Queue } = await load();
  const { protocol, host } = placeOf(redis);
  const queue: Queue<Data> = new Queue(QUEUE, { connection: { url: redis } });
  // Who asks has no answer then, and says so.
  queue.on("error", () => undefined);
  return {
    name: `${protocol}//${host}`,
    async look() {
      const counts = await queue.getJobCounts("waiting", "prioritized", "delayed", "active");
      const running = await queue.getActive(0, NAMED - 1);
      return {
        waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
        later: counts.delayed ?? 0,
        running: counts.active ?? 0,
        workers: await queue.getWorkersCount(),
        jobs: running.map(({ data, progress }) => ({ plan: data.plan, index: data.index, text: howFar(progress) })),
      };
    },
    close: () => queue.disconnect(),
  };
}

function placeOf(redis: string): URL {
  try {
    return new URL(redis);
  } catch (cause) {
    throw new DatadamError("INVALID_OPTION", "the address of Redis is none", { hint: "redis://HOST:6379", cause });
  }
}

/** A report of a worker, as its process told it. */
function howFar(progress: unknown): string {
  const { stage, done, total } = (progress ?? {}) as { stage?: unknown; done?: unknown; total?: unknown };
  if (typeof stage !== "string" || typeof done !== "number" || typeof total !== "number" || total <= 0) return "begun";
  return `${stage}, ${Math.floor((100 * done) / total)} %`;
}
