// `datadam demo` (npm start): the built-in data set distilled and measured against random images and the whole set; or
// a page that does it in a browser.

import { DatadamError } from "../../errors.ts";
import { command, flag, value } from "../command.ts";
import { integer } from "../parse.ts";

export const demoCommand = command({
  name: "demo",
  summary: "distil the built-in data set and measure it (npm start)",
  options: {
    out: value("<dir>", "run directory (default: runs/demo-<number>); with --browser: write the page there"),
    workers: value("<n>", "worker threads", integer(1)),
    browser: flag("serve a page that distils your images in a browser; Ctrl-C ends it"),
    port: value("<n>", "with --browser: its port (default: any that is free)", integer(1)),
  },
  examples: [
    ["datadam demo --browser", "open the address that it prints"],
    ["datadam demo --browser --out page", "write the page for a static host"],
  ],
  async run({ out, workers, browser, port }, ui) {
    if (browser) {
      if (workers !== undefined) throw new DatadamError("INVALID_OPTION", "--workers does not go with --browser");
      if (out !== undefined) {
        const { writePage } = await import("../browser/page.ts");
        writePage(out);
        ui.result(out, { path: out });
        return;
      }
      const { servePage } = await import("../browser/serve.ts");
      const { url } = await servePage(port);
      ui.result(`${url}\nOnly this machine can open it. Ctrl-C ends it.`, { url });
      await new Promise(() => {});
    }
    if (port !== undefined) throw new DatadamError("INVALID_OPTION", "--port goes with --browser only");
    const { runDemo } = await import("../demo.ts");
    await runDemo({ out, workers }, ui);
  },
});
