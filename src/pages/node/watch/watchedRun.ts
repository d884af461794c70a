// One job's folder as a watcher sees it: read again and again, never written, whatever state it is in.

import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Row } from "../../../lab/index.ts";
import { lossSeries } from "../../gather/losses.ts";
import type { Curve, RunLine, Status } from "../../watch/types.ts";
import { Tail } from "./tail.ts";

/** Milliseconds without a sign after which a job that has not ended counts as silent. */
const SILENT = 60_000;
/** Bytes of a JSON file that is read. */
const MOST_JSON = 2 ** 23;
/** Iterations of a run whose rows are kept: beyond, every second one is dropped. */
const MOST_ROWS = 20_000;

interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export class WatchedRun {
  readonly id: string;
  readonly #path: string;
  readonly #name: string;
  readonly #part: boolean;
  readonly #events: Tail;
  readonly #metrics: Tail;
  #seen = new Map<string, string>();
  #kind = "";
  #about = "";
  #readable = true;
  #claim = 0;
  #ended: Status | undefined;
  #said = "";
  #first: Progress | undefined;
  #last: Progress | undefined;
  #rows: Row[] = [];
  #count = 0;
  #accuracy: number | null = null;
  #random: number | null = null;
  #grid: number | null = null;
  #report = false;
  #changed = 0;

  constructor(root: string, name: string, part: boolean) {
    this.id = idOf(name);
    this.#path = join(root, name);
    this.#name = name;
    this.#part = part;
    this.#events = new Tail(join(this.#path, "events.jsonl"));
    this.#metrics = new Tail(join(this.#path, "metrics.jsonl"));
  }

  get path(): string {
    return this.#path;
  }

  /** Looks at the folder. Gives whether it is still there. */
  async look(): Promise<boolean> {
    const job = await statOf(join(this.#path, "job.json"));
    if (job === undefined) return false;
    try {
      if (this.#isNew("job.json", job)) this.#takeJob(await json(join(this.#path, "job.json"), job));
      await this.#tail(
        "events.jsonl",
        this.#events,
        () => this.#beginEvents(),
        (line) => this.#takeEvent(line),
      );
      await this.#tail(
        "metrics.jsonl",
        this.#metrics,
        () => this.#beginRows(),
        (line) => this.#takeRow(line),
      );
      const result = await statOf(join(this.#path, "result.json"));
      if (result && this.#isNew("result.json", result))
        this.#takeResult(await json(join(this.#path, "result.json"), result));
      const grid = await statOf(join(this.#path, "grid.png"));
      this.#grid = grid === undefined ? null : Math.round(grid.mtimeMs);
      this.#report = (await statOf(join(this.#path, "report.html"))) !== undefined;
      await this.#heart();
    } catch {
      // It is being removed, or another machine writes: the next look may see more.
    }
    return true;
  }

  /** @param now milliseconds since 1970 */
  line(now: number): RunLine {
    const { stage = "", done = 0, total = 0 } = this.#last ?? {};
    const status = this.#statusAt(now);
    const loss = this.#rows.at(-1)?.loss;
    return {
      ...{ id: this.id, name: this.#name, part: this.#part, kind: this.#kind, about: this.#about, status },
      stage: status === "running" ? stage : this.#said,
      ...{ done, total, left: status === "running" ? this.#left() : null, rows: this.#count },
      loss: typeof loss === "number" ? loss : null,
      ...{ accuracy: this.#accuracy, random: this.#random, grid: this.#grid, report: this.#report },
      changed: this.#changed,
    };
  }

  curves(): Curve[] {
    return lossSeries(this.#rows).map(({ name, points }) => ({ name, points }));
  }

  #statusAt(now: number): Status {
    if (!this.#readable) return "unreadable";
    return this.#ended ?? (now - this.#changed < SILENT ? "running" : "silent");
  }

  /** Seconds, by the pace of the stage so far. */
  #left(): number | null {
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined || last.done <= first.done) return null;
    return Math.max(
      0,
      Math.round(((last.time - first.time) / 1000 / (last.done - first.done)) * (last.total - last.done)),
    );
  }

  /** Whether a file is another than at the last look; its time counts as a sign of life. */
  #isNew(file: string, { size, mtimeMs, ino }: Stats): boolean {
    const now = `${ino} ${size} ${mtimeMs}`;
    const changed = this.#seen.get(file) !== now;
    this.#seen.set(file, now);
    if (changed) this.#changed = Math.max(this.#changed, Math.round(mtimeMs));
    return changed;
  }

  async #tail(file: string, tail: Tail, begin: () => void, take: (line: unknown) => void): Promise<void> {
    const stats = await statOf(join(this.#path, file));
    if (stats && this.#isNew(file, stats)) await tail.read(stats.size, String(stats.ino), begin, take);
  }

  /** The claim's file is written again every few seconds. */
  async #heart(): Promise<void> {
    if (this.#ended !== undefined) return;
    const newest = (await readdir(join(this.#path, "claims"))).sort().at(-1);
    const stats = newest === undefined ? undefined : await statOf(join(this.#path, "claims", newest));
    if (stats) this.#isNew("claims", stats);
  }

  #takeJob(job: unknown): void {
    this.#readable = isObject(job) && typeof job.kind === "string";
    if (!isObject(job) || typeof job.kind !== "string") return;
    this.#kind = short(job.kind);
    const { data, method, set } = job;
    const words = [
      isObject(data) ? data.dataset : undefined,
      isObject(method) ? (method.preset ?? method.name) : undefined,
      isObject(method) && typeof method.ipc === "number" ? `${method.ipc} a class` : undefined,
      typeof set === "string" ? set.split(/[/\\]/).at(-1) : undefined,
    ];
    this.#about = words
      .filter((word) => typeof word === "string")
      .map(short)
      .join(", ");
  }

  #beginEvents(): void {
    [this.#claim, this.#ended, this.#said, this.#first, this.#last] = [0, undefined, "", undefined, undefined];
  }

  #takeEvent(event: unknown): void {
    if (!isObject(event) || typeof event.claim !== "number" || event.claim < this.#claim) return;
    this.#claim = event.claim;
    const { type, stage, done, total, message } = event;
    if (type === "progress" && typeof stage === "string" && typeof done === "number" && typeof total === "number") {
      const step = { stage: short(stage), done, total, time: Date.parse(String(event.time)) };
      if (this.#last?.stage !== step.stage || this.#first === undefined) this.#first = step;
      this.#last = step;
      this.#ended = undefined;
    } else if (type === "started" || type === "resumed") {
      [this.#ended, this.#first, this.#said] = [undefined, undefined, ""];
    } else if (type === "finished" || type === "failed" || type === "stopped") {
      this.#ended = type;
      this.#said = type === "finished" ? "" : short(String(message ?? event.reason ?? ""));
    }
  }

  #beginRows(): void {
    [this.#rows, this.#count] = [[], 0];
  }

  #takeRow(row: unknown): void {
    if (!isObject(row) || typeof row.iteration !== "number") return;
    this.#rows.push(row);
    this.#count++;
    if (this.#rows.length > MOST_ROWS) this.#rows = this.#rows.filter((_, i) => i % 2 === 1);
  }

  #takeResult(result: unknown): void {
    const all = isObject(result) && Array.isArray(result.evaluations) ? result.evaluations : [];
    const meanOf = (row: unknown): number | null => (isObject(row) && typeof row.mean === "number" ? row.mean : null);
    const newest: unknown = all.at(-1);
    this.#accuracy = isObject(newest) ? meanOf(newest.distilled) : null;
    this.#random = isObject(newest) ? meanOf(newest.random) : null;
  }
}

/** What a folder is called in addresses. */
export function idOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

/** Of a regular file; links are not followed. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats : undefined;
  } catch {
    return undefined;
  }
}

async function json(path: string, { size }: Stats): Promise<unknown> {
  if (size > MOST_JSON) return undefined;
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function short(text: string): string {
  return text.slice(0, 300);
}
