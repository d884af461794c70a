// Hours and gigabytes of ImageNet-1K by phase, for 1, 10 and 100 machines: computed from measured steps, not run.

const IMAGES = { train: 1_281_167, val: 50_000 };
const CLASSES = 1000;
const NETWORKS = 200;
/** Bytes of an image in the cache. */
const STRIDE = 3 * 64 * 64;
/** Bytes a second of a shared file system and of the network of one machine (10 Gbit/s): assumed, not measured. */
const READS = 1.25e9;
const MACHINES = [1, 10, 100];

/** @param record what was measured: `stream`, `slurm` and `steps` */
export function project({ stream, slurm, steps }) {
  const of = (name, wanted) => steps[name].phases.filter(({ phase }) => wanted.test(phase));
  const seconds = (name, wanted) => of(name, wanted).reduce((sum, one) => sum + one.seconds, 0);
  const disk = (name) => steps[name].phases.reduce((sum, one) => sum + one.disk, 0);
  const more = CLASSES / steps.classes;
  const tests = (name) =>
    of(name, /^testing/).reduce((sum, { seconds: all, count }) => sum + (all / count) * IMAGES.val * 3, 0);
  // Images a second of opening a decoded set: labels, paths and the hash of all pixels.
  const opening = (IMAGES.train + IMAGES.val) / steps.opening;
  const speeds = stream.rounds.map(({ tars }) => tars).sort((a, b) => a - b);
  const decoding = (IMAGES.train + IMAGES.val) / speeds[Math.floor(speeds.length / 2)];
  const cache = (IMAGES.train + IMAGES.val) * STRIDE;
  const joined = (name) => slurm.stages[`${name}-whole`]?.mean ?? 0;
  const phases = [
    { phase: "decode", parallel: 0, alone: decoding, jobs: 1, bytes: cache },
    {
      phase: "statistics",
      parallel: seconds("statistics", /^statistics/) * more,
      alone: joined("statistics"),
      bytes: disk("statistics") * more,
    },
    ...[1, 10].flatMap((ipc) => [
      {
        phase: `distil IPC ${ipc}`,
        parallel: seconds(`ipc${ipc}`, /^distilling/) * more,
        alone: joined(`ipc${ipc}`),
        bytes: disk(`ipc${ipc}`) * more,
      },
      {
        phase: `evaluate IPC ${ipc}`,
        parallel: seconds(`judged${ipc}`, /^training/) * more + tests(`judged${ipc}`),
        alone: joined(`judged${ipc}`),
        // Networks are what it is cut by.
        jobs: 3,
        bytes: 0,
      },
    ]),
  ];
  const hours = (value) => Number((value / 3600).toFixed(2));
  const rows = phases.map(({ phase, parallel, alone, jobs = CLASSES, bytes }) => {
    const row = { phase, gigabytes: Number((bytes / 1e9).toFixed(2)) };
    for (const machines of MACHINES) {
      // A machine takes one job of its share of the classes: it opens the set once, and all read it at once.
      const used = Math.min(machines, jobs);
      const reading = phase === "decode" ? 0 : Math.max(opening, (used * cache) / READS);
      row[machines] = hours(parallel / used + alone + reading);
    }
    return row;
  });
  const total = Object.fromEntries(
    MACHINES.map((machines) => [machines, Number(rows.reduce((sum, row) => sum + row[machines], 0).toFixed(2))]),
  );
  return {
    what: "A projection from the steps measured here, on machines like this one; nothing of it was run at this size",
    assumed: { readsBytesASecond: READS, networks: NETWORKS, images: IMAGES },
    opening: Number(opening.toFixed(1)),
    hours: rows,
    total,
  };
}
