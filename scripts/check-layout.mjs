// Checks src/ against layout.config.mjs: who imports whom (by dependency-cruiser), circles, and sizes. Prints
// file:line for each fault and exits 1 if there is one. Needs `npm run build`.
//
//   node scripts/check-layout.mjs [FOLDER]     of the sources and their layout.config.mjs; default: this repository
//
// The sources show every import, also of types; dist/ shows those that are left when the program runs.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cruise } from "dependency-cruiser";

const root = resolve(process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url)));
const layout = await import(pathToFileURL(join(root, "layout.config.mjs")).href);
const order = Object.values(layout.floors).flatMap((folders) => Object.entries(folders));
const names = order.map(([name]) => name);
const files = sources(join(root, "src"));
const faults = new Set();
const excesses = [];

checkTable();
checkFolders();
if (!existsSync(join(root, "dist"))) {
  console.error("error: dist/ is missing; run: npm run build");
  process.exit(1);
}
await checkSources();
await checkRunning();
checkLimits();

for (const fault of [...faults].sort()) console.error(fault);
for (const excess of excesses) layout.strict ? console.error(excess) : console.log(`not yet held: ${excess}`);
const count = faults.size + (layout.strict ? excesses.length : 0);
if (count > 0) {
  console.error(`check-layout: ${count} ${count === 1 ? "fault" : "faults"}`);
  process.exitCode = 1;
}

/** The table itself: every import stands above its folder, but for the debts. */
function checkTable() {
  const owed = new Set(layout.debts.map(([from, to]) => `${from} ${to}`));
  for (const [at, [name, { imports }]] of order.entries()) {
    for (const other of imports === "above" ? [] : imports) {
      const above = names.slice(0, at).includes(other);
      if (!above && !owed.delete(`${name} ${other}`))
        faults.add(`layout.config.mjs: ${name} imports ${other}, which does not stand above it`);
    }
  }
  for (const debt of owed) faults.add(`layout.config.mjs: the debt [${debt}] is paid: remove it`);
}

function checkFolders() {
  const unknown = new Set(files.map(folderOf).filter((folder) => folder !== undefined && !names.includes(folder)));
  for (const folder of unknown) faults.add(`src/${folder}: not in the table of layout.config.mjs`);
}

/** Every import of the sources, types too. */
async function checkSources() {
  const rules = [];
  const types = "^src/[^/]+/types\\.ts$";
  for (const [at, [name, { imports, node }]] of order.entries()) {
    const allowed = imports === "above" ? names.slice(0, at) : imports;
    rules.push({
      name: `src/${name} must not import`,
      from: { path: `^src/${name}/` },
      to: { path: "^src/[^/]+/", pathNot: [`^src/(${[name, ...allowed].join("|")})/`, types] },
    });
    if (node === true) continue;
    const portable = { path: `^src/${name}/`, pathNot: (node ?? []).map((path) => exactly(`src/${name}/${path}`)) };
    rules.push(
      { name: "must run in a browser, but imports", from: portable, to: { dependencyTypes: ["core"] } },
      {
        name: "must run in a browser, but imports",
        from: portable,
        to: { path: `^node_modules/(${layout.nativePackages.join("|")})/` },
      },
    );
  }
  const open = ["^src/[^/]+/(index|types)\\.ts$", ...layout.open.map((path) => exactly(`src/${path}`))];
  const past = "reaches past an index.ts to";
  rules.push(
    { name: past, from: { path: "^src/([^/]+)/" }, to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", ...open] } },
    { name: past, from: { path: "^src/[^/]+$" }, to: { path: "^src/[^/]+/", pathNot: open } },
    {
      name: "a folder must not import",
      from: { path: "^src/[^/]+/" },
      to: { path: "^src/[^/]+$", pathNot: layout.common.map((path) => exactly(`src/${path}`)) },
    },
    {
      name: "must not import from outside src",
      from: { path: "^src/" },
      to: { pathNot: ["^src/", "^node_modules/"], dependencyTypesNot: ["core"], couldNotResolve: false },
    },
    { name: "does not find", from: { path: "^src/" }, to: { couldNotResolve: true } },
    {
      name: "must not import the development dependency",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer"], pathNot: "^node_modules/@types/" },
    },
  );
  const { violations } = await graph("src", rules, { parser: "swc" });
  for (const { from, to, rule } of violations) faults.add(`${place(from, to)}: ${rule.name} ${shown(to)}`);
}

/** The imports left when the program runs. */
async function checkRunning() {
  const rules = [{ name: "circle", from: {}, to: { circular: true } }];
  for (const [at, [name, { imports }]] of order.entries()) {
    const allowed = imports === "above" ? names.slice(0, at) : imports;
    rules.push({
      name: `src/${name} must not import`,
      from: { path: `^dist/${name}/` },
      to: { path: "^dist/[^/]+/", pathNot: `^dist/(${[name, ...allowed].join("|")})/` },
    });
  }
  for (const [path, ...importers] of layout.reserved) {
    rules.push({
      name: `is not ${importers.map((importer) => `src/${importer}`).join(" or ")} and must not import`,
      from: {
        path: "^dist/",
        pathNot: importers.map((importer) => exactly(`dist/${importer.replace(/\.ts$/, ".js")}`)),
      },
      to: { path: path.replace("^", "^dist/") },
    });
  }
  const { modules, violations } = await graph("dist", rules, { exclude: { path: "\\.d\\.ts$" } });
  for (const { from, to, rule, cycle } of violations) {
    if (cycle === undefined) faults.add(`${place(source(from), source(to))}: ${rule.name} ${shown(source(to))}`);
    else checkCircle(cycle.map(({ name }) => source(name)));
  }
  checkSiblings(modules);
}

/** A circle of files is a fault unless all of it is in one of the groups of the table. */
function checkCircle(circle) {
  const inside = (group) => circle.every((file) => group.includes(file.replace(/^src\//, "")));
  if (layout.circles.some(inside)) return;
  const first = circle.indexOf([...circle].sort()[0]);
  const turned = [...circle.slice(first), ...circle.slice(0, first)];
  faults.add(`${place(turned[0], turned[1] ?? turned[0])}: circle ${[...turned, turned[0]].map(shown).join(" > ")}`);
}

/** Folders side by side must not import each other, at any depth: an import counts for the folders where paths part. */
function checkSiblings(modules) {
  const arrows = new Map();
  for (const { source: from, dependencies } of modules) {
    for (const { resolved: to } of dependencies) {
      if (!to.startsWith("dist/")) continue;
      const [one, other] = [from.split("/"), to.split("/")];
      const depth = one.findIndex((part, index) => part !== other[index]);
      if (depth < 0 || depth >= one.length - 1 || depth >= other.length - 1) continue;
      const [left, right] = [one.slice(0, depth + 1).join("/"), other.slice(0, depth + 1).join("/")];
      if (!arrows.has(left)) arrows.set(left, new Map());
      if (!arrows.get(left).has(right)) arrows.get(left).set(right, [source(from), source(to)]);
    }
  }
  for (const [left, targets] of arrows) {
    for (const [right, [from, to]] of targets) {
      if (reaches(arrows, right, left, new Set()))
        faults.add(`${place(from, to)}: folders in a circle: ${source(left)} imports ${source(right)} and the reverse`);
    }
  }
}

function reaches(arrows, from, to, seen) {
  if (from === to) return true;
  seen.add(from);
  return [...(arrows.get(from)?.keys() ?? [])].some((next) => !seen.has(next) && reaches(arrows, next, to, seen));
}

function checkLimits() {
  const { filesInFolder, share, columns } = layout.limits;
  const folders = new Map();
  for (const file of files) folders.set(posix.dirname(file), (folders.get(posix.dirname(file)) ?? 0) + 1);
  for (const [folder, count] of folders)
    if (count > filesInFolder) excesses.push(`${folder} has ${count} files, above ${filesInFolder}`);
  const lines = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8").trimEnd().split("\n")]));
  const total = (some) => some.reduce((sum, file) => sum + lines.get(file).length, 0);
  const part = total(files.filter((file) => folderOf(file) === share.folder));
  if (part > share.atMost * total(files)) {
    const percent = (value) => `${(100 * value).toFixed(1)} %`;
    excesses.push(
      `src/${share.folder} has ${percent(part / total(files))} of the lines, above ${percent(share.atMost)}`,
    );
  }
  const long = files.flatMap((file) =>
    lines.get(file).flatMap((line, index) => (line.length > columns ? [`${file}:${index + 1}`] : [])),
  );
  if (layout.strict) for (const at of long) excesses.push(`${at}: more than ${columns} characters`);
  else if (long.length > 0)
    excesses.push(`${long.length} lines have more than ${columns} characters, first ${long[0]}`);
}

/** dependency-cruiser's graph of a folder of the root, and what it finds against the rules. */
async function graph(folder, rules, options) {
  const { output } = await cruise([folder], {
    baseDir: root,
    doNotFollow: { path: "node_modules" },
    moduleSystems: ["es6"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      // "#engine" and its like: as in the sources, or as built (package.json, "imports").
      conditionNames: [...(folder === "src" ? ["@datadam/source"] : []), "import", "node"],
      extensions: [".js", ".ts"],
    },
    validate: true,
    ruleSet: { forbidden: rules.map((rule) => ({ severity: "error", ...rule })) },
    ...options,
  });
  return { modules: output.modules, violations: output.summary.violations };
}

/** File and line of the import of `to` in the source file `from`. */
function place(from, to) {
  const text = readFileSync(join(root, from), "utf8");
  const specifiers = to.startsWith("src/") || existsSync(join(root, to)) ? [relative(from, to)] : [to, `node:${to}`];
  const packageName = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(to)?.[1];
  const wanted = [...specifiers, packageName].flatMap((name) => (name === undefined ? [] : [`"${name}"`, `'${name}'`]));
  const line = text
    .split("\n")
    .findIndex((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && wanted.some((w) => line.includes(w)));
  return line < 0 ? from : `${from}:${line + 1}`;
}

function relative(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** What the reader calls a module: the package, not the file in it. */
function shown(module) {
  if (builtinModules.includes(module)) return `node:${module}`;
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1] ?? module;
}

/** The source of a built file or folder. */
function source(built) {
  return built.replace(/^dist/, "src").replace(/\.js$/, ".ts");
}

/** A regular expression for a file, or for all in a folder (`name/`). */
function exactly(path) {
  return `^${path.replaceAll(/[.+]/g, "\\$&")}${path.endsWith("/") ? "" : "$"}`;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[mc]?ts$/.test(entry.name))
    .map((entry) => `src/${posix.relative(folder, join(entry.parentPath, entry.name))}`)
    .sort();
}

/** First folder below src/, or undefined for a file of src/ itself. */
function folderOf(file) {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}
