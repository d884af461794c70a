// Aligned columns of text for stdout.
/** Rows under a header; the first column left, others right aligned. */
export function table(header, rows) {
    const all = [header, ...rows];
    const widths = header.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? "")].length)));
    const format = (row) => row
        .map((cell, column) => {
        const gap = " ".repeat(widths[column] - [...cell].length);
        return column === 0 ? cell + gap : gap + cell;
    })
        .join("  ")
        .trimEnd();
    return [format(header), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(format)].join("\n");
}
/** Rows under a header as Markdown. */
export function markdownTable(header, rows) {
    const line = (cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}
/** Rows under a header as comma-separated values (RFC 4180). */
export function csvTable(header, rows) {
    const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    return [header, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}
/** `30.8 ± 0.3 %`; without a spread for one network. */
export function accuracy({ mean, std, accuracies }) {
    return accuracies.length > 1 ? `${mean.toFixed(1)} ± ${std.toFixed(1)} %` : `${mean.toFixed(1)} %`;
}
//# sourceMappingURL=table.js.map