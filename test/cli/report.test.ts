// `datadam report`: the file that it writes, again in its place, and what it refuses.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeReport } from "../../src/cli/pages/report.ts";
import { createUi } from "../../src/cli/ui.ts";
import { DatadamError } from "../../src/errors.ts";
import { folder as storageOf } from "../../src/lab/node/index.ts";
import { drive, smallWith } from "../lab/support.ts";

const ui = { ...createUi({ quiet: true }), result: () => {} };
let folder: string;
let run: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "datadam-report-"));
  run = join(folder, "a");
  await drive(smallWith({ iterations: 2 }), storageOf(run));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("writes one file, which gives way to the next, without real images where there is no data set", async () => {
  const out = join(folder, "out.html");
  for (const title of ["first", "second"]) {
    await writeReport([run], { out, title }, ui);
    const text = readFileSync(out, "utf8");
    expect(text).toContain(`<h1>${title}</h1>`);
    expect(text).toContain("npx datadam run job.json");
    expect(text).not.toContain('<label class="check">');
  }
  await writeReport([run], {}, ui);
  expect(existsSync(join(run, "report.html"))).toBe(true);
});

it("puts runs and a recorded table side by side", async () => {
  const out = join(folder, "all.html");
  const table = join(import.meta.dirname, "../../tables/cifar10-ablation.json");
  await writeReport([run, table], { out, nearest: "none" }, ui);
  const text = readFileSync(out, "utf8");
  expect(text).toContain("CIFAR-10, one image a class: what of DataDAM matters");
  expect(text).toContain("attention only, p 1");
  expect(text.match(/<svg/g)!.length).toBeGreaterThan(1);
});

it("refuses what is no run, a place that is a folder, and real images that are not there but asked for", async () => {
  const refused = (paths: string[], flags: Parameters<typeof writeReport>[1]): Promise<DatadamError> =>
    writeReport(paths, flags, ui).then(
      () => expect.fail("it was not refused"),
      (error: unknown) => error as DatadamError,
    );
  expect((await refused([join(folder, "none")], {})).code).toBe("RUN_NOT_FOUND");
  expect((await refused([run], { out: folder, nearest: "none" })).message).toContain("is not the name of a file");
  expect(await refused([run], { out: join(folder, "x.html"), nearest: "pixels" })).toBeInstanceOf(DatadamError);
});
