// `datadam demo` (npm start): the built-in data set distilled and measured against random images and the whole set.

import { command, value } from "../command.ts";
import { integer } from "../parse.ts";

export const demoCommand = command({
  name: "demo",
  summary: "distil the built-in data set and measure it (npm start)",
  options: {
    out: value("<dir>", "run directory (default: runs/demo-<number>)"),
    workers: value("<n>", "worker threads", integer(1)),
  },
  async run({ out, workers }, ui) {
    const { runDemo } = await import("../demo.ts");
    await runDemo({ out, workers }, ui);
  },
});
