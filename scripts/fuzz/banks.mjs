// Files of statistics for the fuzzer: what a bank holds, and reading all rows of one.

import { encodeStatistics, openStatistics, readRows } from "../../dist/lab/bank/statisticsFile.js";
import { memory } from "../../dist/storage/index.js";

const layout = [
  ["attention0", 4],
  ["features", 3],
];
const classes = [0, 2, 5];
const rows = Float32Array.from({ length: classes.length * 7 }, (_, i) => Math.sin(i));
const header = (precision) => ({ id: "0".repeat(16), number: 2, draw: 1, classes, layout, precision });

/** Two whole files. */
export const STATISTICS = await Promise.all(
  ["float32", "float16"].map(async (precision) => Buffer.from(await encodeStatistics(header(precision), rows))),
);

/** Opens a file and reads its rows. A row that was changed must not be accepted. */
export async function statistics(bytes) {
  const storage = memory("bank");
  await storage.write("it", bytes);
  const file = await openStatistics(storage, "it");
  const data = await readRows(storage, "it", file, file.classes);
  if (file.precision === "float32" && data.some((value, i) => value !== rows[i])) throw new Error("other numbers");
  return [{ shape: [file.classes.length, 7], data }];
}
