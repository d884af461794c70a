// Images of classes as a person looks at them: a row a class under its name, in blocks beside each other where there
// are many, with titles above and a caption below.

import type { PixelGrid } from "../imageGrid.ts";
import { ADVANCE, eachPixel, isDrawable, LINE, textWidth } from "./glyphs.ts";

/** Images of all classes that stand together. */
export interface GridSection {
  /** Above them. */
  readonly title?: string | undefined;
  /** uint8 NCHW: `columns` for each class, in the order of the names. */
  readonly pixels: Uint8Array;
  readonly columns: number;
}

export interface LabelledGridOptions {
  /** `[channels, height, width]` of each image. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Names of the classes: a row each. */
  readonly names: readonly string[];
  /** From the left to the right. */
  readonly sections: readonly GridSection[];
  /** Lines below all. */
  readonly caption?: readonly string[] | undefined;
}

const PAD = 2;
/** Between names, sections and blocks. */
const GAP = 8;
const PAPER = 255;
/** Small images are enlarged to about this size. */
const LARGE_ENOUGH = 64;
/** Pixels of a picture above which nothing is enlarged. */
const MOST = 2 ** 24;
/** Letters of a name. */
const LONGEST = 20;
/** Width by height that blocks are laid out for. */
const SHAPELY = 1.4;

/**
 * Draws the sections. Pixels of small images become squares of several. Equal input gives equal bytes everywhere.
 *
 * @throws RangeError where sizes do not fit
 */
export function labelledGrid({ shape, names, sections, caption = [] }: LabelledGridOptions): PixelGrid {
  const [channels, h, w] = shape;
  if (channels !== 1 && channels !== 3) throw new RangeError(`labelledGrid: channels must be 1 or 3, not ${channels}`);
  if (names.length === 0) throw new RangeError("labelledGrid: there are no rows");
  for (const { pixels, columns } of sections) {
    const wanted = names.length * columns * channels * h * w;
    if (pixels.length === wanted && wanted > 0) continue;
    throw new RangeError(`labelledGrid: ${pixels.length} bytes for ${names.length} rows of ${columns} [${shape}]`);
  }
  const labels = names.map(labelOf);
  const enlarged = planOf(labels, sections, shape, Math.max(1, Math.floor(LARGE_ENOUGH / Math.max(h, w))));
  const plan = enlarged.width * enlarged.height <= MOST ? enlarged : planOf(labels, sections, shape, 1);
  const { zoom, letters, lefts, widths, titleHeight, rowHeight, rows, blockWidth } = plan;
  const lines = caption.flatMap((text) => wrapped(text, Math.floor((plan.width - 2 * GAP) / (ADVANCE * letters))));
  const lineHeight = (LINE + 3) * letters;
  const height = plan.height + (lines.length === 0 ? 0 : lines.length * lineHeight + GAP);
  const canvas = canvasOf(plan.width, height, channels);
  for (const [row, label] of labels.entries()) {
    const left = GAP + Math.floor(row / rows) * blockWidth;
    const top = PAD + titleHeight + (row % rows) * rowHeight;
    canvas.text(label, left, top + Math.max(0, Math.floor((rowHeight - PAD - 7 * letters) / 2)), letters);
    for (const [number, { pixels, columns }] of sections.entries()) {
      for (let column = 0; column < columns; column++) {
        const x = left + lefts[number]! + column * (w * zoom + PAD);
        canvas.image(pixels, (row * columns + column) * channels * h * w, { h, w, zoom, x, y: top });
      }
    }
  }
  for (let left = GAP; titleHeight > 0 && left < plan.width - GAP; left += blockWidth) {
    for (const [number, { title = "" }] of sections.entries()) {
      const size = titleSize(title, widths[number]!, letters);
      canvas.text(title, left + lefts[number]!, PAD + titleHeight - (LINE + 2) * size, size);
    }
  }
  for (const [number, line] of lines.entries()) {
    canvas.text(line, GAP, plan.height + GAP / 2 + number * lineHeight, letters);
  }
  return { pixels: canvas.pixels, width: plan.width, height, channels };
}

/** A name cut to its first letters; one that cannot be drawn has the number of its row before it. */
function labelOf(name: string, row: number): string {
  const numbered = isDrawable(name) ? name : `${row + 1} ${name}`;
  const letters = [...numbered];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 3).join("")}...` : numbered;
}

interface Plan {
  readonly zoom: number;
  /** Pixels of a pixel of a letter. */
  readonly letters: number;
  /** Of each section, from the left end of a block. */
  readonly lefts: readonly number[];
  readonly widths: readonly number[];
  readonly titleHeight: number;
  readonly rowHeight: number;
  /** In a block. */
  readonly rows: number;
  readonly blockWidth: number;
  readonly width: number;
  /** Without the caption. */
  readonly height: number;
}

/** The sizes of everything, with as many blocks as give the picture the best shape. */
function planOf(
  labels: readonly string[],
  sections: readonly GridSection[],
  [, h, w]: LabelledGridOptions["shape"],
  zoom: number,
): Plan {
  const letters = zoom * h >= 48 ? 2 : 1;
  const titled = sections.some(({ title }) => title !== undefined);
  const widths = sections.map(({ title = "", columns }) =>
    Math.max(columns * (w * zoom + PAD) - PAD, textWidth(title)),
  );
  let end = Math.max(0, ...labels.map(textWidth)) * letters + GAP;
  const lefts = widths.map((width) => {
    const left = end;
    end += width + 2 * GAP;
    return left;
  });
  const sizes = { zoom, letters, lefts, widths, blockWidth: end };
  const titleHeight = titled ? (LINE + 2) * letters : 0;
  const rowHeight = Math.max(h * zoom, LINE * letters) + PAD;
  const candidates = labels.map((_, index): Plan => {
    const rows = Math.ceil(labels.length / (index + 1));
    const width = GAP + Math.ceil(labels.length / rows) * end - GAP;
    return { ...sizes, titleHeight, rowHeight, rows, width, height: PAD + titleHeight + rows * rowHeight };
  });
  const misshape = ({ width, height }: Plan): number => Math.abs(Math.log(width / height / SHAPELY));
  return candidates.reduce((best, one) => (misshape(one) < misshape(best) ? one : best));
}

/** Letters of a title are as large as those of names where its section is wide enough. */
function titleSize(title: string, width: number, letters: number): number {
  return textWidth(title) * letters <= width ? letters : 1;
}

/** A text in lines of at most so many letters; words are not cut. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Place {
  readonly h: number;
  readonly w: number;
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

interface Canvas {
  readonly pixels: Uint8Array;
  image(source: Uint8Array, from: number, place: Place): void;
  text(text: string, x: number, y: number, size: number): void;
}

function canvasOf(width: number, height: number, channels: number): Canvas {
  const pixels = new Uint8Array(width * height * channels).fill(PAPER);
  return {
    pixels,
    image(source, from, { h, w, zoom, x, y }) {
      for (let row = 0; row < h * zoom; row++) {
        for (let column = 0; column < w * zoom; column++) {
          const at = from + Math.floor(row / zoom) * w + Math.floor(column / zoom);
          const to = ((y + row) * width + x + column) * channels;
          for (let c = 0; c < channels; c++) pixels[to + c] = source[at + c * h * w]!;
        }
      }
    },
    text(text, x, y, size) {
      eachPixel(text, (column, row) => {
        for (let dy = 0; dy < size; dy++) {
          const [left, top] = [x + column * size, y + row * size + dy];
          if (left + size > width || top >= height) continue;
          pixels.fill(0, (top * width + left) * channels, (top * width + left + size) * channels);
        }
      });
    },
  };
}
