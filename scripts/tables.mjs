// Fills the tables of README.md and docs/ from records/; --check fails where a page does not say what its record says.
// A table stands between `<!-- table: NAME -->` and `<!-- /table -->`.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const read = (path) => {
  const url = new URL(`records/${path}`, root);
  return existsSync(url) ? JSON.parse(readFileSync(url, "utf8")) : undefined;
};
const accuracy = ({ mean, std, accuracies }) => `${mean.toFixed(1)} ± ${std.toFixed(1)} (${accuracies.length})`;
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Every accuracy of a record under one protocol and norm, by iteration. */
function curve(name, protocol, norm = "instance") {
  const { results } = read(`accuracy/${name}.json`) ?? { results: [] };
  return new Map(results.filter((r) => r.protocol === protocol && r.norm === norm).map((r) => [r.iteration, r]));
}

/** One accuracy of records/accuracy, of the images of the last iteration or of an average of them. */
function lastOrAverage(name, iterate, iteration) {
  const { results } = read(`accuracy/${name}.json`) ?? { results: [] };
  return results.find((r) => r.iteration === iteration && r.protocol === "dm" && r.iterate === iterate);
}

/** One accuracy of records/averaging: `last`, or the average of that number. */
function averaged(name, averaging, iteration) {
  return read(`averaging/${name}.json`)?.results.find((r) => r.iteration === iteration && r.averaging === averaging);
}

/** Accuracy by step of a record of continual learning, and what is said under it. */
function continual(name) {
  const record = read(`continual/${name}.json`);
  if (record === undefined) return undefined;
  const shown = ({ mean, std }) => `${mean.toFixed(1)} ± ${std.toFixed(1)}`;
  const minutes = (seconds) => `${(seconds / 60).toFixed(0)} min`;
  const { methods } = record;
  return table(
    ["memory", ...methods[0].seen.map((count) => `${count} classes`), "average", "forgetting", "time"],
    methods.map(({ method, accuracies, average, forgetting, seconds }) => [
      `\`${method}\``,
      ...[...accuracies, average, forgetting].map(shown),
      minutes(seconds),
    ]),
  );
}

/** Agreement of each proxy of a record of architecture search with the reference ranking. */
function nas(name) {
  const record = read(`nas/${name}.json`);
  if (record === undefined) return undefined;
  const shown = ({ value, interval: { low, high } }) => `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  const hours = (seconds) => (seconds === null ? "" : `${(seconds / 3600).toFixed(1)} h`);
  return table(
    ["proxy", "images", "images seen", "Spearman", "Kendall", "Spearman, best 20 %", "time", "all 720, projected"],
    record.proxies.map((proxy) => [
      proxy.name === "whole set" ? "the reference itself" : `\`${proxy.name}\``,
      proxy.storedImages,
      proxy.seenImages,
      proxy.agreement === null ? "" : shown(proxy.agreement.spearman),
      proxy.agreement === null ? "" : shown(proxy.agreement.kendall),
      proxy.topAgreement === null ? "" : shown(proxy.topAgreement.spearman),
      `${(proxy.seconds / 60).toFixed(1)} min`,
      hours(proxy.projectedSeconds),
    ]),
  );
}

/** A table of `tables/`, as the command prints it from its records. */
function printed(name) {
  const main = fileURLToPath(new URL("dist/cli/main.js", root));
  if (!existsSync(main)) return undefined;
  const file = fileURLToPath(new URL(`tables/${name}.json`, root));
  return execFileSync(process.execPath, [main, "table", file, "--no-run"], { encoding: "utf8" }).trim();
}

/** Rows of `tables/cifar10.json`, each beside its published value. */
function summary(rows) {
  const main = fileURLToPath(new URL("dist/cli/main.js", root));
  if (!existsSync(main)) return undefined;
  const file = fileURLToPath(new URL("tables/cifar10.json", root));
  const printed = execFileSync(process.execPath, [main, "table", file, "--no-run", "--format", "json"]);
  const { cells } = JSON.parse(printed);
  const shown = ({ mean, std }) =>
    std === undefined || std === null ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${std.toFixed(1)}`;
  const columns = ["IPC 1", "IPC 10"];
  return table(
    ["trained on", ...columns.flatMap((name) => [name, "published"])],
    Object.entries(rows).map(([row, title]) => [
      title,
      ...columns.flatMap((column) => {
        const cell = cells.find((one) => one.row === row && one.column === column);
        const measured = cell.measured.length > 1 ? shown(cell) : cell.mean.toFixed(1);
        return [measured, cell.published === null ? "" : shown(cell.published)];
      }),
    ]),
  );
}

/** PyTorch with an allocator that keeps what it frees. */
const KEPT = ["PyTorch, memory kept", "ratio"];

const TABLES = {
  main: () =>
    summary({
      Random: "random real images",
      "k-means": "real images chosen by k-means",
      DM: "DM",
      "DataDAM, paper": "**DataDAM**",
      "DataDAM, factor 2": "**DataDAM**, `factor` 2",
      "whole set": "all 50,000 images",
    }),
  "continual-cifar10": () => continual("cifar10"),
  "continual-cifar100": () => continual("cifar100-coarse"),
  "nas-cifar10": () => nas("cifar10"),
  "table-cifar10": () => printed("cifar10"),
  "table-cifar10-architectures": () => printed("cifar10-architectures"),
  "table-cifar10-ablation": () => printed("cifar10-ablation"),
  "table-cifar10-coresets": () => printed("cifar10-coresets"),
  "table-attention": () => printed("attention"),
  "table-plus": () => printed("plus"),
  "table-start": () => printed("start"),

  "plus-final"() {
    const { rows = [] } = read("plus.json") ?? {};
    if (rows.length === 0) return undefined;
    const value = ({ mean, std, accuracies }) => `${mean.toFixed(1)} ± ${std.toFixed(1)} (${accuracies.length})`;
    const hours = (part) => (part === 0 ? "" : part.toFixed(2));
    return table(
      ["set", "data", "IPC", "protocol", "last epoch", "best of checks (chosen on test images)", "h, bank", "h, set"],
      rows
        .filter(({ final }) => final)
        .map((row) => [
          `\`${row.name}\``,
          row.dataset,
          row.ipc,
          `\`${row.protocol}\``,
          `**${value(row)}**`,
          row.bestOfChecks ? value(row.bestOfChecks) : "",
          hours(row.hours.bank),
          hours(row.hours.set),
        ]),
    );
  },

  terms() {
    const { rows } = read("terms.json");
    const [first, ...others] = Object.keys(rows[0].terms);
    const share = (terms, name) => (terms[name].gradient / terms[first].gradient).toPrecision(2);
    return table(
      ["epochs of training", "training accuracy", `${first}, its norm`, ...others],
      rows.map(({ epoch, accuracy: trained, terms }) => [
        epoch,
        `${(100 * trained).toFixed(1)} %`,
        terms[first].gradient.toPrecision(2),
        ...others.map((name) => share(terms, name)),
      ]),
    );
  },

  demo() {
    const { random, distilled, whole } = read("demo.json").result;
    const row = (name, { mean, std, accuracies, seconds }) => [
      name,
      accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`,
      `${seconds.toFixed(0)} s`,
    ];
    return table(
      ["trained on", "test accuracy", "training time"],
      [
        row("10 random real images a class", random),
        row("10 distilled images a class", distilled),
        row("all 2500 images", whole),
      ],
    );
  },

  accuracy() {
    const rows = [];
    for (const [ipc, published] of [
      [1, "32.0 ± 1.2"],
      [10, "54.2 ± 0.8"],
    ]) {
      const random = accuracy(curve(`ipc${ipc}-paper`, "dm").get(0));
      for (const [name, result] of [
        ["`paper`", averaged(`ipc${ipc}-seed0`, "0", 1000)],
        ["`paper`, `averaging` 3", curve(`ipc${ipc}-averaging`, "dm").get(1000)],
        ["`paper`, last images (`averaging=false`)", curve(`ipc${ipc}-paper`, "dm").get(1000)],
      ]) {
        if (result !== undefined) rows.push([ipc, name, random, `**${accuracy(result)}**`, 1000, published]);
      }
    }
    return table(
      [
        "images a class",
        "preset",
        "random real",
        "distilled",
        "iterations",
        "published, after 8000 or more iterations",
      ],
      rows,
    );
  },

  curves() {
    const sources = [
      ["IPC 1, last images, `dm`", curve("ipc1-paper", "dm")],
      ["IPC 1, `averaging` 3, `dm`", curve("ipc1-averaging", "dm")],
      ["IPC 1, last images, `quick`", curve("ipc1-paper", "quick")],
      ["IPC 10, last images, `dm`", curve("ipc10-paper", "dm")],
      ["IPC 10, last images, `quick`", curve("ipc10-paper", "quick")],
      ["IPC 10, `averaging` 3, `dm`", curve("ipc10-averaging", "dm")],
      ["IPC 10, `averaging` 3, `quick`", curve("ipc10-averaging", "quick")],
      ["IPC 10, preset `official`, `quick`", curve("ipc10-official", "quick", "batch")],
    ].filter(([, points]) => points.size > 0);
    const iterations = [...new Set(sources.flatMap(([, points]) => [...points.keys()]))].sort((a, b) => a - b);
    return table(
      ["iterations", ...iterations.map((n) => (n === 0 ? "0 (random real)" : n))],
      sources.map(([name, points]) => [name, ...iterations.map((n) => (points.has(n) ? accuracy(points.get(n)) : ""))]),
    );
  },

  averaging() {
    const averages = [
      ["last images", "last"],
      ["mean of all (`averaging` 0, the preset)", "0"],
      ["`averaging` 1", "1"],
      ["`averaging` 3", "3"],
      ["`averaging` 8", "8"],
    ];
    const cell = (result) => (result === undefined ? "" : accuracy(result));
    // Measured by bench/accuracy.mjs; the others by bench/averaging.mjs.
    const earlier = {
      last: [
        curve("ipc1-paper", "dm").get(1000),
        ...[1, 2].map((seed) => lastOrAverage(`ipc1-seed${seed}`, "last", 1000)),
      ],
      3: [
        curve("ipc1-averaging", "dm").get(1000),
        ...[1, 2].map((seed) => lastOrAverage(`ipc1-seed${seed}`, "average", 1000)),
      ],
    };
    const onTest = (name) => earlier[name] ?? [0, 1, 2].map((seed) => averaged(`ipc1-seed${seed}`, name, 1000));
    return table(
      [
        "result of the iterations",
        "held out, 500 iterations",
        "held out, 1000",
        "test images, 1000: seed 0",
        "seed 1",
        "seed 2",
      ],
      averages.map(([title, name]) => [
        title,
        cell(averaged("ipc1-held-out", name, 500)),
        cell(averaged("ipc1-held-out", name, 1000)),
        ...onTest(name).map(cell),
      ]),
    );
  },

  ablation() {
    const at = (name, iteration, protocol = "dm", norm = "instance") => curve(name, protocol, norm).get(iteration);
    const rows = [
      ["`paper` (ZCA, instance norm, p 4, real images), last images of 100 iterations", at("ipc1-paper", 100)],
      ["without ZCA", at("ipc1-without-zca", 100)],
      ["p 1", at("ipc1-power1", 100)],
      ["initial images: noise", at("ipc1-noise", 100)],
      ["batch norm, distilling and evaluating", at("ipc1-batch", 100, "dm", "batch")],
      ["batch norm distilling, instance norm evaluating", at("ipc1-batch", 100)],
      ["250 iterations", at("ipc1-paper", 250)],
      ["500 iterations", at("ipc1-paper", 500)],
      ["1000 iterations", at("ipc1-paper", 1000)],
      ["2000 iterations", at("ipc1-paper", 2000)],
      ["batch norm evaluating only", at("ipc1-paper", 100, "dm", "batch")],
      ["300 epochs of 64 (`quick`)", at("ipc1-paper", 100, "quick")],
      ["1000 iterations, 1800 epochs of 64 (`official`)", at("ipc1-paper", 1000, "official")],
      ["random real images", at("ipc1-paper", 0)],
      ["random real images, without ZCA", at("ipc1-without-zca", 0)],
      ["random real images, batch norm evaluating", at("ipc1-batch", 0, "dm", "batch")],
    ];
    return table(
      ["IPC 1", "test accuracy, %"],
      rows.filter(([, result]) => result !== undefined).map(([name, result]) => [name, accuracy(result)]),
    );
  },

  speed() {
    const bench = read("bench.json");
    const row = (name, { ours, reference, ratio, kept, cpu, memoryMb }) => [
      name,
      `${ours.toFixed(2)} s`,
      `${reference.toFixed(2)} s`,
      `**${ratio.toFixed(2)}**`,
      `${kept.reference.toFixed(2)} s`,
      `**${kept.ratio.toFixed(2)}**`,
      cpu.ratio.toFixed(2),
      `${memoryMb.ours.toFixed(0)} MB`,
      `${memoryMb.reference.toFixed(0)} MB`,
    ];
    return table(
      ["work", "datadam", "PyTorch", "ratio", ...KEPT, "ratio of processor seconds", "peak memory", "PyTorch's"],
      [
        ...Object.entries(bench.step).map(([name, result]) => row(`one step, IPC ${name.slice(3)}`, result)),
        row("one evaluation epoch", bench.epoch),
      ],
    );
  },

  networks() {
    const { networks } = read("networks.json");
    const ms = (seconds) => `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
    return table(
      ["network", "datadam", "PyTorch", "ratio", ...KEPT, "ratio of processor seconds", "peak memory", "PyTorch's"],
      Object.entries(networks).map(([name, { ours, reference, ratio, kept, cpu, memoryMb }]) => [
        name,
        ms(ours),
        ms(reference),
        `**${ratio.toFixed(2)}**`,
        ms(kept.reference),
        `**${kept.ratio.toFixed(2)}**`,
        cpu.ratio.toFixed(2),
        `${memoryMb.ours.toFixed(0)} MB`,
        `${memoryMb.reference.toFixed(0)} MB`,
      ]),
    );
  },

  methods() {
    const files = readdirSync(new URL("records/methods/", root)).sort();
    const costs = files
      .flatMap((file) => Object.entries(read(`methods/${file}`).cases))
      .map(([name, cost]) => {
        const [method, ipc] = name.split(".ipc");
        return { ...cost, method, ipc: Number(ipc) };
      });
    const order = ["datadam", "dm", "dc", "dsa"];
    costs.sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method) || a.ipc - b.ipc);
    return table(
      ["method", "images a class", "a step", "matches", "a match", "processor seconds a step", "peak memory"],
      costs.map(({ method, ipc, seconds, matches, perMatch, cpu, memoryMb }) => {
        const times = [`${seconds.toFixed(2)} s`, matches, `${perMatch.toFixed(2)} s`, `${cpu.toFixed(2)} s`];
        return [`\`${method}\``, ipc, ...times, `${memoryMb.toFixed(0)} MB`];
      }),
    );
  },

  profile() {
    const { programs } = read("profile.json");
    const kinds = [...new Set(Object.values(programs).flatMap(({ kinds }) => Object.keys(kinds)))];
    const ms = (value) => (value === undefined ? "" : value.toFixed(2));
    return table(
      ["program", ...kinds, "all", "floor", "compiling"],
      Object.entries(programs).map(([name, { kinds: parts, milliseconds, floor, compile }]) => [
        name,
        ...kinds.map((kind) => ms(parts[kind])),
        ms(milliseconds),
        ms(floor),
        ms(compile),
      ]),
    );
  },

  /** A folder of pictures by nothing but defaults. */
  folder() {
    const { rows, images, classes, ipc } = read("folder.json");
    const names = { random: "random", chosen: "k-means", distilled: "distilled", whole: "all images" };
    return table(
      ["trained on", "images a class", "accuracy"],
      Object.entries(names).map(([key, name]) => {
        const { mean, std, accuracies } = rows[key];
        const spread = accuracies.length > 1 ? ` ± ${std.toFixed(1)}` : "";
        return [name, key === "whole" ? images / classes : ipc, `${mean.toFixed(1)}${spread} (${accuracies.length})`];
      }),
    );
  },

  /** Hours of ImageNet-1K by phase, projected. */
  imagenet() {
    const { projection } = read("imagenet.json") ?? {};
    if (projection === undefined) return undefined;
    const machines = Object.keys(projection.total);
    const shown = (hours) => (hours < 1 ? `${Math.max(1, Math.round(60 * hours))} min` : `${hours.toFixed(1)} h`);
    return table(
      ["phase", "GB", ...machines.map((count) => `${count} ${count === "1" ? "machine" : "machines"}`)],
      [
        ...projection.hours.map((row) => [row.phase, row.gigabytes, ...machines.map((count) => shown(row[count]))]),
        ["all", "", ...machines.map((count) => shown(projection.total[count]))],
      ],
    );
  },

  sets() {
    const { sets } = read("sets.json");
    const shown = ({ mean, std, networks }) => `${mean.toFixed(1)} ± ${std.toFixed(1)} (${networks})`;
    const option = (options, name) => new RegExp(`--${name} (\\S+)`).exec(options)?.[1];
    return table(
      ["set", "classes", "training images", "shape", "ZCA", "images a class", "iterations", "random real", "distilled"],
      sets.map((set) => [
        set.name,
        set.classes,
        set.trainingImages,
        set.shape.join(" x "),
        set.zca ? "yes" : "no",
        option(set.options, "ipc"),
        set.iterations,
        shown(set.random),
        shown(set.distilled),
      ]),
    );
  },

  zca() {
    const { seconds, againstNumpy } = read("zca.json");
    const s = (value) => `${value.toFixed(0)} s`;
    return table(
      [
        "covariance",
        "roots",
        "whitening 50,000 images",
        "from cache",
        "NumPy's eigendecomposition",
        "furthest from it",
      ],
      [
        [
          s(seconds.covariance),
          s(seconds.root),
          s(seconds.whiten),
          s(seconds.fromCache),
          s(againstNumpy.seconds),
          `${againstNumpy.whiten.maxAbsolute.toExponential(1)} absolute, ${againstNumpy.whiten.relativeFrobenius.toExponential(1)} of the norm`,
        ],
      ],
    );
  },
};

const check = process.argv.includes("--check");
const pages = [
  "README.md",
  ...readdirSync(fileURLToPath(new URL("docs/", root)), { recursive: true }).map((name) => `docs/${name}`),
];
for (const page of pages.filter((name) => name.endsWith(".md"))) {
  const path = fileURLToPath(new URL(page, root));
  const text = readFileSync(path, "utf8");
  const filled = text.replace(/(<!-- table: ([\w-]+) -->\n)[\s\S]*?(<!-- \/table -->)/g, (whole, start, name, end) => {
    if (!(name in TABLES)) throw new Error(`${page}: there is no table ${name}`);
    const made = TABLES[name]();
    // What is not recorded yet stays as it is.
    return made === undefined ? whole : `${start}\n${made}\n\n${end}`;
  });
  if (filled === text) continue;
  if (check) {
    console.error(`tables: ${page} is not what the records say; run: node scripts/tables.mjs`);
    process.exitCode = 1;
  } else writeFileSync(path, filled);
}
