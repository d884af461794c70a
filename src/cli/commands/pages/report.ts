// `datadam report RUN...`: what runs gave and how they came about, as one HTML file.

import { choice, command, value } from "../../command.ts";

export const reportCommand = command({
  name: "report",
  summary: "write one HTML file about runs: images, accuracy, loss, settings",
  argument: ["<runs...>", "runs, and tables (JSON files with their records), side by side"],
  options: {
    out: value("<file.html>", "where to (default: report.html in the first run)"),
    title: value("<text>", "heading of the page (default: the runs' names)"),
    nearest: choice("<by>", "also show the nearest real images, where the data set is found (default: pixels)", [
      "pixels",
      "features",
      "none",
    ]),
    dataDir: value("<dir>", "where the data sets are (default: where the runs found them)"),
  },
  examples: [
    ["datadam report runs/c10 --out c10.html", "to look at, to print, to send"],
    ["datadam report runs/a runs/b tables/x.json --out compared.html", "side by side"],
  ],
  async run({ out, title, nearest, dataDir }, ui, paths) {
    const { writeReport } = await import("../../pages/report.ts");
    await writeReport(paths, { out, title, nearest, dataDir }, ui);
  },
});
