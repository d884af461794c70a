#!/usr/bin/env node
// The executable. Everything but the table of commands is imported when a command needs it.

import { EXIT } from "./parse.ts";
import { main } from "./program.ts";
import { message } from "./text/text.ts";

// A reader such as `head` may close the pipe: not a failure. Nor are notes that cannot be written, but a result is.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`error: the output cannot be written: ${message(error.message)}\n`);
  process.exit(EXIT.failure);
});
process.stderr.on("error", () => {});

process.exitCode = await main(process.argv.slice(2));
