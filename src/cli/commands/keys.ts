// `datadam keys`: every configuration key, its default and its meaning; with --json, the JSON Schema.

import { command } from "../command.ts";

export const keysCommand = command({
  name: "keys",
  summary: "list the configuration keys",
  options: {},
  async run(_flags, ui) {
    const { configKeys, jsonSchema } = await import("../../distill/config/index.ts");
    const rows = configKeys().map(
      ({ key, default: defaultValue, description }) => [key, String(defaultValue), description] as const,
    );
    const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
    const [first, second] = [width(0), width(1)];
    const lines = rows.map(
      ([key, defaultValue, about]) => `${key.padEnd(first)}  ${defaultValue.padEnd(second)}  ${about}`,
    );
    ui.result(lines.join("\n"), jsonSchema());
  },
});
