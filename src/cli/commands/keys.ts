// `datadam keys`: every configuration key, its default and its meaning; with --json, the JSON Schema.

import { configKeys, jsonSchema } from "../../distill/config/index.ts";
import type { Ui } from "../ui.ts";

export function keysCommand(ui: Ui): void {
  const rows = configKeys();
  const [key, value] = [
    Math.max(...rows.map((row) => row.key.length)),
    Math.max(...rows.map((row) => String(row.default).length)),
  ];
  const text = rows
    .map((row) => `${row.key.padEnd(key)}  ${String(row.default).padEnd(value)}  ${row.description}`)
    .join("\n");
  ui.result(text, jsonSchema());
}
