// What jobs log for TensorBoard: rows as scalars, pictures of a distillation, networks of an evaluation.

import type { SyntheticSet } from "../../images/index.ts";
import type { Storage } from "../../storage/index.ts";
import { type EventLog, openEventLog } from "../folder/eventLog.ts";
import type { Row } from "../folder/rows.ts";
import { drawSet } from "./pictures.ts";

/** The numbers of a row by name; those of a list with their places. */
export function scalarsOf({ iteration: _, ...row }: Row): Record<string, number> {
  const scalars = Object.entries(row).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((each, i) => [`${name}/${i}`, each] as const) : [[name, value] as const],
  );
  return Object.fromEntries(scalars.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

/** Pictures of a distillation that are logged: at its beginning, each tenth of it, and at its end. */
export function picturesOf(
  log: EventLog,
  storage: Storage,
  iterations: number,
  done: number,
): (iteration: number, set: (iteration: number) => SyntheticSet) => Promise<void> {
  let last = done;
  return async (iteration, set) => {
    const due = iteration === 0 || iteration === iterations || iteration - last >= iterations / 10;
    if (!log.kept || !due) return;
    last = iteration;
    await log.image(iteration, "images", await drawSet(set(iteration), storage));
  };
}

/** Logs of the networks of a row, each by itself: a network that was stopped is trained, and logged, from its start. */
export function networkLogs(context: Parameters<typeof openEventLog>[0], title: string) {
  const row = title.replaceAll(/\W+/g, "-");
  const last = new Map<number, number>();
  const logs = new Map<number, ReturnType<typeof openEventLog>>();
  let all: Promise<unknown> = Promise.resolve();
  const add = (index: number, step: number, values: Readonly<Record<string, number>>): void => {
    const log = logs.get(index) ?? openEventLog(context, -1, `${row}/network-${index}`);
    logs.set(index, log);
    last.set(index, step);
    all = Promise.all([all, log]).then(([, open]) => open.scalars(step, values));
    // Told of at the end, by the same promise.
    all.catch(() => undefined);
  };
  return {
    epoch(index: number, epoch: number, loss: number): void {
      if (epoch > (last.get(index) ?? 0)) add(index, epoch, { loss });
    },
    end(index: number, values: Readonly<Record<string, number>>): void {
      add(index, last.get(index) ?? 0, values);
      all = all.then(async () => (await logs.get(index))?.flush());
      all.catch(() => undefined);
    },
    written: () => all,
  };
}
