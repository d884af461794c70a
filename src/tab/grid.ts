// The images of a set as the page shows them: a row a class where there are several of each.

import { seen } from "../quoted.ts";
import type { Picture } from "./messages.ts";

/** Pixels of the page for each of an image. */
const SCALE = 3;

/** Draws in place of what was there. Names of classes are text. */
export function showPicture(grid: HTMLElement, { pixels, shape, classNames, columns }: Picture): void {
  const [channels, height, width] = shape;
  const size = channels * height * width;
  grid.classList.toggle("rows", columns > 2);
  grid.replaceChildren(
    ...classNames.map(seen).map((name, label) => {
      const cell = document.createElement("div");
      cell.className = "class";
      const canvas = document.createElement("canvas");
      const gap = 1;
      canvas.width = columns * (width + gap) - gap;
      canvas.height = height;
      canvas.style.width = `${SCALE * canvas.width}px`;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${columns === 1 ? "Image" : "Images"} of class ${name}`);
      const context = canvas.getContext("2d")!;
      for (let column = 0; column < columns; column++) {
        const at = (label * columns + column) * size;
        context.putImageData(
          toImage(pixels.subarray(at, at + size), channels, width, height),
          column * (width + gap),
          0,
        );
      }
      const title = document.createElement("span");
      title.textContent = name;
      title.title = name;
      cell.append(title, canvas);
      return cell;
    }),
  );
}

/** Planes as the browser's pixels. */
function toImage(planes: Uint8Array, channels: number, width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  const area = width * height;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = planes[(channels === 1 ? 0 : c) * area + i]!;
    image.data[4 * i + 3] = 255;
  }
  return image;
}
