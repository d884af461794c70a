// Image files of another format than their names say: they are read as what they are, with a warning.

/** Formats of images that are read. */
export type ImageFormat = "PNG" | "JPEG" | "WebP";

/** Images that are named wrongly: how many, and the first few as a person reads them. */
export interface Mislabelled {
  readonly count: number;
  readonly some: readonly string[];
}

export const NONE_MISLABELLED: Mislabelled = { count: 0, some: [] };

const SHOWN = 3;
const NAMED: Readonly<Record<string, ImageFormat>> = { png: "PNG", jpg: "JPEG", jpeg: "JPEG", webp: "WebP" };

/** What is wrong with the name of an image, if anything. Names without an extension of an image say nothing. */
export function mislabelOf(path: string, format: ImageFormat): Mislabelled {
  const named = NAMED[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ""];
  return named === undefined || named === format ? NONE_MISLABELLED : { count: 1, some: [`${path} is a ${format}`] };
}

/** Both, in order. */
export function addMislabelled(a: Mislabelled, b: Mislabelled): Mislabelled {
  if (b.count === 0) return a;
  return { count: a.count + b.count, some: [...a.some, ...b.some].slice(0, SHOWN) };
}

/** Warns of them, naming the first few. */
export function warnMislabelled(
  root: string,
  { count, some }: Mislabelled,
  onWarning: (message: string) => void,
): void {
  if (count === 0) return;
  const rest = count > some.length ? ", ..." : "";
  const [images, are, they] = count === 1 ? ["image", "is", "it is"] : ["images", "are", "they are"];
  onWarning(
    `${count} ${images} of "${root}" ${are} of another format than the name says, and read as what ${they}: ` +
      `${some.join(", ")}${rest}`,
  );
}
