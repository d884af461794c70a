// `datadam keys`: every configuration key, its default and its meaning; with --json, the JSON Schema.
import { configKeys, jsonSchema } from "../../distill/config.js";
export function keysCommand(ui) {
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
//# sourceMappingURL=keys.js.map