#!/usr/bin/env node
// The executable. It imports nothing before it knows that this Node can run the rest, and that its files can be opened.

/** As `engines` of package.json: `crc32` of `node:zlib` came with these. */
const NEEDED = "Node 20.19 or a later 20, or 22.2 or later";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 2)) {
  process.stderr.write(`error: datadam needs ${NEEDED}; this is Node ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  // A reader such as `head` may close the pipe: not a failure. Nor are notes that cannot be written, but a result is.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
    process.exit(1);
  });
  process.stderr.on("error", () => {});
  try {
    const { main } = await import("./program.ts");
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    // Modules are files: with very few of them allowed, not even errors can be told otherwise.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EMFILE" && code !== "ENFILE") throw error;
    process.stderr.write(
      `error: ${message}\nhint: Raise the limit of open files, as by ulimit -n 1024, and start again.\n`,
    );
    process.exitCode = 1;
  }
}
