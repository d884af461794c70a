// Plants faults in copies of the tree, one at a time, and fails where the tests that ought to see one do not.
//
//   node scripts/mutants.mjs [--only NAME ...] [--jobs 2] [--keep]
//   node scripts/mutants.mjs --list     names the faults, checks that each can be planted, and runs nothing
//
// A fault counts as caught only where a test fails: the planted code must compile, and the test files must load. Golden
// bytes are off, since they see every change and say nothing of right and wrong. The faults are data, in
// scripts/mutants/faults.mjs: { name, area, what, file, find, replace, tests, only?, mayNotLoad? }. `find` must occur
// in `file` exactly once. `tests` are test files, `only` is a pattern of test names. With `mayNotLoad`, a test
// file that does not load counts as a test that fails.
//
// --only     these faults alone; may be given more than once
// --jobs     copies at work side by side
// --keep     leaves the copies in the temporary folder, the last fault of each planted
// --faults   another file of faults

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Not copied. */
const LEFT_OUT = new Set([".git", ".cache", "coverage", "dist", "node_modules", "runs"]);
/** Of a build, and of the tests of one fault. */
const LONGEST_SECONDS = 240;
const GOLDEN = "test/golden.test.ts";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    jobs: { type: "string", default: "2" },
    keep: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    faults: { type: "string", default: join(root, "scripts/mutants/faults.mjs") },
  },
});

const { faults: all, areas } = await import(pathToFileURL(resolve(flags.faults)).href);
const chosen = choose(all, flags.only);
const problems = [...listProblems(all, areas), ...chosen.flatMap(placeProblems)];
if (problems.length > 0) fail(problems);
if (flags.list) {
  table(chosen.map(({ name, area, what, file }) => [name, area, file, what]));
  process.exit(0);
}

const jobs = Number(flags.jobs);
if (!Number.isInteger(jobs) || jobs < 1) fail([`--jobs must be a positive integer, got ${flags.jobs}`]);
const started = performance.now();
const running = new Set();
const folder = mkdtempSync(join(tmpdir(), "datadam-mutants-"));
process.once("exit", tidy);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const copies = Array.from({ length: Math.min(jobs, chosen.length) }, (_, i) => join(folder, `copy-${i}`));
for (const copy of copies) makeCopy(copy);
const broken = (await Promise.all(copies.map((copy) => build(copy)))).find((output) => output !== undefined);
if (broken !== undefined) fail([`the tree does not compile as it is:\n${broken}`]);
const baseline = await runBaseline();
if (baseline.length > 0) fail(baseline);
console.log(`without a fault, the tests pass (${seconds(started)} s)`);

const results = [];
const waiting = [...chosen];
await Promise.all(
  copies.map(async (copy) => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const begun = performance.now();
      const result = { fault, ...(await plant(fault, copy)), seconds: seconds(begun) };
      results.push(result);
      console.log(`${results.length}/${chosen.length} ${fault.name}: ${result.kind} (${result.seconds} s)`);
    }
  }),
);

console.log();
const ordered = chosen.map((fault) => results.find((result) => result.fault === fault));
table(ordered.map(({ fault, kind, detail }) => [fault.name, fault.area, kind, detail.split("\n")[0]]));
const of = (kind) => ordered.filter((result) => result.kind === kind);
for (const { fault, detail } of of("ERROR")) console.log(`\n${fault.name}: ${detail}`);
const survivors = of("SURVIVED").map(({ fault }) => fault.name);
const who = survivors.length > 0 ? ` (${survivors.join(", ")})` : "";
const counts = `${of("caught").length} caught, ${survivors.length} survived${who}, ${of("ERROR").length} errors`;
console.log(`\n${ordered.length} faults in ${seconds(started)} s: ${counts}`);
process.exit(of("caught").length === ordered.length ? 0 : 1);

function choose(faults, only) {
  if (only === undefined) return faults;
  const unknown = only.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) fail(unknown.map((name) => `there is no fault "${name}"; --list names all`));
  return faults.filter(({ name }) => only.includes(name));
}

/** What is wrong with the list as a whole. */
function listProblems(faults, areas) {
  const names = faults.map(({ name }) => name);
  return [
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name}: this name comes twice`),
    ...areas
      .filter((area) => faults.every((fault) => fault.area !== area))
      .map((area) => `no fault in the area ${area}`),
    ...faults.filter(({ area }) => !areas.includes(area)).map(({ name, area }) => `${name}: unknown area ${area}`),
    ...faults.filter(({ tests }) => tests.includes(GOLDEN)).map(({ name }) => `${name}: golden bytes are no oracle`),
    ...faults.filter(({ tests }) => tests.length === 0).map(({ name }) => `${name}: no tests`),
  ];
}

/** Why a fault cannot be planted. */
function placeProblems({ name, file, find, replace }) {
  if (find === replace) return [`${name}: it changes nothing`];
  let text;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch {
    return [`${name}: there is no ${file}`];
  }
  const places = text.split(find).length - 1;
  return places === 1 ? [] : [`${name}: what it replaces occurs ${places} times in ${file}, not once:\n    ${find}`];
}

/** The tree without what is built. Packages are linked one by one: what tests write beside them stays in the copy. */
function makeCopy(copy) {
  mkdirSync(copy);
  for (const name of readdirSync(root)) {
    if (LEFT_OUT.has(name) || name.startsWith(".dist-")) continue;
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".v")) continue; // caches of vite and vitest
    symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name), "junction");
  }
}

/** What the compiler says, or undefined where it is content. */
async function build(copy) {
  const { code, output } = await execute(copy, ["scripts/build.mjs"]);
  return code === 0 ? undefined : output || `the build ended with ${code}`;
}

/** Runs all chosen tests without a fault: whole files, and tests by name. Gives what is wrong with them. */
async function runBaseline() {
  const whole = new Set(chosen.filter(({ only }) => only === undefined).flatMap(({ tests }) => tests));
  const named = chosen.filter(({ tests }) => tests.some((test) => !whole.has(test)));
  const parts = new Set(named.flatMap(({ tests }) => tests).filter((test) => !whole.has(test)));
  const pattern = [...new Set(named.map(({ only }) => only))].join("|");
  const runs = [
    { files: [...whole], pattern: undefined },
    { files: [...parts], pattern },
  ].filter(({ files }) => files.length > 0);
  const reports = await Promise.all(
    runs.map(({ files, pattern }, i) => test(copies[i % copies.length], files, pattern, "baseline", `baseline-${i}`)),
  );
  const tests = reports.flatMap((report) => report.tests);
  return [
    ...reports.flatMap(({ problem }) => (problem === undefined ? [] : [`without a fault: ${problem}`])),
    ...tests
      .filter(({ status }) => status === "failed")
      .map(({ file, name }) => `without a fault fails: ${file}: ${name}`),
    ...chosen.flatMap(({ name, tests: files, only }) =>
      files
        .filter((file) => !tests.some((test) => test.file === file && matches(test, only) && test.status === "passed"))
        .map((file) => `${name}: no test of ${file} ${only === undefined ? "" : `named /${only}/ `}passes`),
    ),
  ];
}

/** Plants a fault, runs its tests and takes it out again. */
async function plant(fault, copy) {
  const path = join(copy, fault.file);
  const original = readFileSync(path, "utf8");
  const faulty = original.split(fault.find).join(fault.replace);
  writeFileSync(path, faulty);
  try {
    const refusal = await build(copy);
    if (refusal !== undefined) return { kind: "ERROR", detail: `does not compile:\n${refusal}` };
    const { tests, problem } = await test(copy, fault.tests, fault.only, "first failure", "report");
    const failed = tests.find(({ status }) => status === "failed");
    if (failed !== undefined) return { kind: "caught", detail: `${basename(failed.file)}: ${failed.name}` };
    if (problem === undefined) return { kind: "SURVIVED", detail: fault.tests.join(", ") };
    if (fault.mayNotLoad) return { kind: "caught", detail: problem };
    return { kind: "ERROR", detail: problem };
  } finally {
    if (!flags.keep || waiting.length > 0) writeFileSync(path, original);
  }
}

/**
 * Runs test files.
 *
 * @param stop `first failure`: nothing more is run after it.
 * @returns their tests, and a problem where a file did not load, a hook failed or the time was over.
 */
async function test(copy, files, only, stop, name) {
  const outputFile = join(copy, `${name}.json`);
  rmSync(outputFile, { force: true });
  const words = ["node_modules/vitest/vitest.mjs", "run", ...files, "--reporter=json", `--outputFile=${outputFile}`];
  words.push(`--maxWorkers=${jobs > 1 ? 1 : 2}`);
  if (only !== undefined) words.push("-t", only);
  if (stop === "first failure") words.push("--bail=1");
  const { code, output } = await execute(copy, words);
  let report;
  try {
    report = JSON.parse(readFileSync(outputFile, "utf8"));
  } catch {
    return { tests: [], problem: `vitest wrote no report and ended with ${code}:\n${output}` };
  }
  const tests = report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: file
        .slice(copy.length + 1)
        .split(sep)
        .join("/"),
      name: fullName,
      status,
    })),
  );
  const bad = report.testResults.find(
    ({ status, assertionResults }) => status === "failed" && assertionResults.every((one) => one.status !== "failed"),
  );
  const ran = tests.some(({ status }) => status === "passed" || status === "failed");
  const problem =
    bad !== undefined
      ? `${basename(bad.name)} did not load, or a hook of it failed: ${stripVTControlCharacters(bad.message)}`
      : ran && (code === 0 || tests.some(({ status }) => status === "failed"))
        ? undefined
        : `vitest ended with ${code}, and ${ran ? "no test failed" : "no test ran"}:\n${output}`;
  return { tests, problem };
}

function matches({ name }, only) {
  return only === undefined || new RegExp(only).test(name);
}

/** Runs Node in a copy. What it says comes back; it is ended where it takes too long. */
function execute(copy, words) {
  return new Promise((done) => {
    const child = spawn(process.execPath, words, {
      cwd: copy,
      env: { ...process.env, DATADAM_GOLDEN: "off", NO_COLOR: "1", TEST_REPORT: undefined },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const longest = words[0].includes("vitest") && !words.includes("--bail=1") ? 3 * LONGEST_SECONDS : LONGEST_SECONDS;
    const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * longest);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      done({ code: code ?? signal, output: stripVTControlCharacters(output).trim() });
    });
  });
}

function tidy() {
  for (const child of running) child.kill("SIGKILL");
  if (flags.keep) console.log(`the copies are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row.map((text, column) => (column < row.length - 1 ? text.padEnd(widths[column]) : text)).join("  ");
  for (const row of rows) console.log(line(row));
}

function fail(messages) {
  for (const message of messages) console.error(`error: ${message}`);
  process.exit(1);
}
