// Another method through the command line: gradient matching, whose iterations train a network in between.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSyntheticSet } from "../../src/run/index.ts";
import { runCli, startCli } from "../support-cli.ts";
import { readMetrics, readRecord } from "../support-run.ts";

const OPTIONS = Object.entries({ width: 4, depth: 1, batchReal: 8, innerLoops: 1 }).flatMap(([key, value]) => [
  "--set",
  `${key}=${value}`,
]);
const DC = ["distill", "--method", "dc", "--ipc", "2", "--iterations", "5", "--checkpoint-every", "1", ...OPTIONS];
let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-methods-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("DC killed in the midst and resumed gives the bytes of a run that was never stopped", async () => {
  const cli = startCli([...DC, "--out", "killed", "--progress", "json"], { cwd, pauseAt: '"done":2,' });
  await cli.paused();
  cli.child.kill("SIGKILL");
  expect((await cli.finished).signal).toBe("SIGKILL");
  expect((await runCli(["distill", "--resume", "killed"], { cwd })).code).toBe(0);
  expect((await runCli([...DC, "--workers", "1", "--out", "never"], { cwd })).code).toBe(0);
  for (const file of ["synthetic.safetensors", "grid.png"]) {
    expect(readFileSync(join(cwd, "killed", file)).equals(readFileSync(join(cwd, "never", file))), file).toBe(true);
  }
  const rows = readMetrics(join(cwd, "never/metrics.jsonl"));
  expect(rows).toHaveLength(5);
  // One convolution and the classifier.
  expect(rows[0]).toMatchObject({ gradients: [expect.any(Number), expect.any(Number)] });
  expect(readRecord(join(cwd, "never")).config).toMatchObject({ method: "dc", outerLoops: 2, lrImg: 0.1 });
  expect(readSyntheticSet(join(cwd, "never")).provenance.method).toBe("dc");
}, 300_000);
