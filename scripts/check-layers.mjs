// Checks who imports whom: the layer table below, no node: modules in folders that a browser runs, no reaching past a
// folder's index.ts, no command that imports another, no console outside src/cli. Prints file:line for each fault and exits 1 if there is one.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const src = join(root, "src");

/** Folder -> folders that it may import. Types (`import type` of a types.ts) and errors.ts are free to all. */
const LAYERS = {
  tensor: [],
  engine: ["tensor"],
  linalg: ["engine"],
  random: [],
  storage: [],
  nn: ["tensor", "random"],
  images: ["linalg", "random", "engine", "tensor"],
  augment: ["random"],
  train: ["tensor", "engine", "random", "nn", "images", "augment"],
  statistics: ["random"],
  plots: [],
  evaluate: ["engine", "random", "nn", "images", "augment", "train", "statistics"],
  select: ["tensor", "engine", "linalg", "random", "nn", "images", "train", "evaluate"],
  distill: ["tensor", "engine", "linalg", "random", "nn", "images", "augment", "train", "select"],
  continual: ["engine", "random", "nn", "images", "train", "evaluate", "select", "distill", "statistics", "formats"],
  nas: ["engine", "random", "nn", "images", "train", "statistics"],
  formats: [],
  data: ["random", "images", "formats"],
  run: ["formats", "images", "distill"],
  lab: "all",
  cli: "all",
};
const PURE = [
  "storage",
  "lab",
  "tensor",
  "random",
  "linalg",
  "nn",
  "augment",
  "train",
  "images",
  "distill",
  "evaluate",
  "select",
  "statistics",
  "plots",
  "nas",
  "continual",
];
/** Files that may be imported although they are no index: they are light where their index is heavy. */
const OPEN = [
  "distill/config/index.ts",
  "distill/config/names.ts",
  "engine/training/publishedVersion.ts",
  "images/factor.ts",
  "lab/node/places.ts",
  "lab/node/versions.ts",
  "lab/node/index.ts",
  "nn/architectures.ts",
  "nn/names.ts",
  "select/names.ts",
  "tensor/size.ts",
];

/** Node's own part of a folder that is otherwise portable. */
const NODE = /^lab\/node\//;

/** Imported by the command line's program alone. */
const COMMAND = /^cli\/commands\//;

const faults = [];
for (const file of sources(src)) checkFile(file);
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`check-layers: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`);
  process.exitCode = 1;
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.[mc]?ts$/.test(entry.name)) yield path;
  }
}

function checkFile(file) {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, (comment) =>
    comment.replaceAll(/[^\n]/g, " "),
  );
  const code = text.replaceAll(/^(\s*)\/\/.*$/gm, "$1");
  const folder = folderOf(file);
  const report = (index, message) => {
    const line = code.slice(0, index).split("\n").length;
    faults.push(`${relative(root, file)}:${line}: ${message}`);
  };
  if (folder !== undefined && !(folder in LAYERS))
    report(0, `src/${folder} is not in the layer table of scripts/check-layers.mjs`);
  if (folder !== "cli") {
    for (const match of code.matchAll(/\bconsole\s*\./g)) report(match.index, "console outside src/cli");
  }
  for (const { index, specifier, typeOnly } of imports(code)) {
    const problem = checkImport(file, folder, specifier, typeOnly);
    if (problem !== undefined) report(index, problem);
  }
}

function* imports(code) {
  const statement = /\b(import|export)\s+(type\s+)?(?:[\w*{}\s,$]*?\sfrom\s*)?["']([^"'\n]+)["']/g;
  for (const match of code.matchAll(statement)) {
    yield { index: match.index, specifier: match[3], typeOnly: match[2] !== undefined };
  }
  for (const match of code.matchAll(/\bimport\s*\(\s*["']([^"'\n]+)["']\s*\)/g)) {
    yield { index: match.index, specifier: match[1], typeOnly: false };
  }
}

function checkImport(file, folder, specifier, typeOnly) {
  if (!specifier.startsWith(".")) {
    const node = specifier.startsWith("node:") || ["fs", "path", "os", "crypto", "worker_threads"].includes(specifier);
    return node && PURE.includes(folder) && !NODE.test(relative(src, file).split(sep).join("/"))
      ? `src/${folder} must run in a browser, but imports ${specifier}`
      : undefined;
  }
  const target = resolve(dirname(file), specifier);
  if (!target.startsWith(src + sep)) return `imports ${specifier} from outside src`;
  const other = folderOf(target);
  const path = relative(src, target).split(sep).join("/");
  if (COMMAND.test(path) && !typeOnly && relative(src, file).split(sep).join("/") !== "cli/program.ts")
    return `imports the command src/${path}; what commands share stands beside them`;
  if (other === folder || path === "errors.ts") return undefined;
  if (folder === "lab" && other === "cli") return "src/lab must not import src/cli";
  if (folder === undefined)
    return path.endsWith("/index.ts") || path.endsWith("/types.ts") || OPEN.includes(path)
      ? undefined
      : past(other, path);
  if (other === undefined) return `src/${folder} must not import src/${path}`;
  if (typeOnly && path === `${other}/types.ts`) return undefined;
  const allowed = LAYERS[folder];
  if (allowed !== "all" && !allowed?.includes(other)) return `src/${folder} must not import src/${other}`;
  const open = path === `${other}/index.ts` || path === `${other}/types.ts` || OPEN.includes(path);
  return open ? undefined : past(other, path);
}

function past(other, path) {
  return `reaches past src/${other}/index.ts to src/${path}`;
}

/** First folder below src, or undefined for src/errors.ts and src/index.ts. */
function folderOf(path) {
  const parts = relative(src, path).split(sep);
  return parts.length > 1 ? parts[0] : undefined;
}
