// Loaded before the command line where a test has to catch it in the midst: once its stderr has said the words of
// PAUSE_AT, it stands still until the file PAUSE_UNTIL is there, two minutes at most.
import { existsSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const { PAUSE_AT: words, PAUSE_UNTIL: file } = process.env;
if (isMainThread && words) {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const write = process.stderr.write.bind(process.stderr);
  let said = "";
  let done = false;
  process.stderr.write = (text, ...rest) => {
    const written = write(text, ...rest);
    said = `${said}${text}`.slice(-10_000);
    if (!done && said.includes(words)) {
      done = true;
      for (let i = 0; i < 6000 && !existsSync(file); i++) Atomics.wait(nothing, 0, 0, 20);
    }
    return written;
  };
}
