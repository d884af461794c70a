// The layout of src/, as `npm run check` enforces it (scripts/check-layout.mjs): floors, who imports whom, sizes.

/**
 * Whether the limits below, and the exports that knip finds unused, fail the check. Without it they are printed.
 * What the tables say of imports always fails it.
 */
export const strict = true;

/**
 * The floors from the lowest to the highest, and on each the folders of src/ from the lowest to the highest.
 *
 * - `imports`: the folders that it may import, all of them above it in this list; "above" stands for every one of them.
 * - `node`: what may use Node's modules and native packages: true for the whole folder, or its files and subfolders
 *   (`worker.ts`, `node/`). All else is portable and runs in a browser.
 */
export const floors = {
  machine: {
    random: { imports: [] },
    tensor: { imports: [] },
    engine: {
      imports: ["tensor"],
      node: ["node/"],
    },
    linalg: { imports: ["tensor", "engine"] },
    storage: { imports: [], node: ["node/"] },
  },
  model: {
    nn: { imports: ["tensor", "random"] },
    augment: { imports: ["random"] },
    images: { imports: ["random", "engine", "tensor", "linalg"] },
    train: { imports: ["tensor", "engine", "random", "nn", "images", "augment"] },
  },
  method: {
    statistics: { imports: ["random"] },
    plots: { imports: [] },
    evaluate: { imports: ["tensor", "engine", "random", "nn", "images", "augment", "train", "statistics"] },
    select: { imports: ["tensor", "engine", "linalg", "random", "nn", "images", "train"] },
    distill: { imports: ["tensor", "engine", "linalg", "random", "nn", "images", "augment", "train", "select"] },
    nas: { imports: ["engine", "random", "nn", "images", "train", "statistics"] },
    continual: {
      imports: ["engine", "random", "nn", "images", "train", "evaluate", "distill", "select", "formats", "statistics"],
    },
  },
  files: {
    formats: { imports: [], node: ["inflate/node.ts"] },
    data: { imports: ["random", "storage", "images", "formats"], node: true },
  },
  work: {
    run: {
      imports: ["storage", "data", "formats", "images", "distill", "select"],
      node: ["hash.ts", "index.ts", "synthetic.ts"],
    },
    lab: { imports: "above", node: ["node/"] },
    cluster: { imports: "above", node: ["node/"] },
    tab: { imports: "above" },
    pages: {
      imports: [
        "random",
        "engine",
        "storage",
        "nn",
        "images",
        "train",
        "plots",
        "evaluate",
        "formats",
        "run",
        "lab",
        "cluster",
      ],
      node: ["node/"],
    },
    cli: { imports: "above", node: true },
  },
};

/** Imports of a folder that stands below in the list, to be removed: [from, to]. */
export const debts = [["continual", "formats"]];

/** Files of src/ itself that every folder may import. */
export const common = ["bytes.ts", "counted.ts", "errors.ts", "json.ts", "limits.ts", "quoted.ts", "sharedMemory.ts"];

/**
 * Files that other folders may import beside `index.ts` and `types.ts`: light where their index is heavy.
 * Types of a `types.ts` may be imported from everywhere.
 */
export const open = [
  "cluster/node/index.ts",
  "data/browser/index.ts",
  "data/readingOptions.ts",
  "data/readingTable.ts",
  "data/regularFile.ts",
  "distill/config/index.ts",
  "distill/config/names.ts",
  "engine/costModel.ts",
  "engine/training/publishedVersion.ts",
  "images/factor.ts",
  "lab/bank/own.ts",
  "lab/browser/index.ts",
  "lab/folder/record.ts",
  "lab/folder/results.ts",
  "lab/inputs/load.ts",
  "lab/inputs/method.ts",
  "lab/inputs/pictures.ts",
  "lab/inputs/subject.ts",
  "lab/kinds/bank.ts",
  "lab/kinds/table.ts",
  "lab/merge.ts",
  "lab/registry.ts",
  "lab/node/index.ts",
  "lab/node/places.ts",
  "lab/node/versions.ts",
  "lab/tables/index.ts",
  "nn/networkKeys.ts",
  "pages/node/index.ts",
  "run/exports/index.ts",
  "run/portable.ts",
  "select/names.ts",
  "storage/browser/index.ts",
  "storage/node/index.ts",
  "storage/s3/index.ts",
  "tensor/operations.ts",
  "tensor/size.ts",
];

/** Files that only these may import when the program runs: [files, ...importers], as regular expression and paths. */
export const reserved = [["^cli/commands/", "cli/commands/index.ts", "cli/program.ts"]];

/** Groups of files that may import each other in a circle: gradients are operations. */
export const circles = [
  ["tensor/ops/elementwise.ts", "tensor/ops/matmul.ts", "tensor/ops/reduce.ts", "tensor/ops/shape.ts"],
];

/** Packages that run on Node alone. */
export const nativePackages = ["onnxruntime-node", "sharp", "yauzl"];

/** Files directly in a folder, the command line's share of the source lines, characters of a line (comments too). */
export const limits = { filesInFolder: 16, share: { folder: "cli", atMost: 1 / 8 }, columns: 120 };
