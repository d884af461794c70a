#!/usr/bin/env node
// The executable. Everything but the table of commands is imported when a command needs it.
import { main } from "./program.js";
// A reader such as `head` may close the pipe: not a failure.
for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
        if (error.code !== "EPIPE")
            throw error;
    });
}
process.exitCode = await main(process.argv.slice(2));
//# sourceMappingURL=main.js.map