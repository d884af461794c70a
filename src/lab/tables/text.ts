// Rows as Markdown and as comma-separated values.

/** Text that is no HTML, no link and no picture in Markdown, on one line. */
export function markdownText(text: string): string {
  return withoutHtml(markdownName(text));
}

/** A name for a cell of {@link markdownTable}, which sees to HTML and lines itself. */
export function markdownName(text: string): string {
  return text.replaceAll(/[\\`[\]]/g, "\\$&");
}

function withoutHtml(text: string): string {
  const lines = text.replaceAll(/\s*[\r\n]\s*/g, " ");
  return lines.replaceAll(/&(?=#?\w+;)/g, "&amp;").replaceAll("<", "&lt;");
}

/** Rows under a header as Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => withoutHtml(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}

/** Rows under a header as comma-separated values (RFC 4180). */
export function csvTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [header, ...rows].map((row) => row.map(cell).join(",")).join("\n");
}
