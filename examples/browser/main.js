// Distils images made here, stripes across and stripes down, into one image of each, and shows them.
import { createEngine, distill, imageSet, prepare, presets, unprepare } from "datadam";

const SIZE = 16;
const status = document.getElementById("status");

/** 40 images of each class: stripes of any width and phase. */
function stripes() {
  const labels = Uint16Array.from({ length: 80 }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 80 * SIZE * SIZE }, (_, i) => {
    const [image, y, x] = [Math.floor(i / SIZE ** 2), Math.floor(i / SIZE) % SIZE, i % SIZE];
    return 128 + 100 * Math.sin((image % 2 === 0 ? y : x) * (0.5 + (image % 7) / 10) + image);
  });
  return imageSet({ name: "stripes", pixels, labels, shape: [1, SIZE, SIZE], classNames: ["across", "down"] });
}

/** Draws grey images side by side, five times their size. */
function draw(images) {
  const canvas = document.getElementById("images");
  const context = canvas.getContext("2d");
  for (let i = 0; i < images.length; i++) {
    const [image, y, x] = [Math.floor(i / SIZE ** 2), Math.floor(i / SIZE) % SIZE, i % SIZE];
    const grey = Math.round(images[i]);
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(5 * (SIZE * image + x), 5 * y, 5, 5);
  }
}

try {
  const engine = await createEngine();
  const set = await prepare(stripes(), { zca: false });
  const run = distill(set, { ...presets.quick, ipc: 1, iterations: 10, engine });
  for await (const { iteration, loss } of run) {
    status.textContent = `iteration ${iteration}, loss ${loss.toPrecision(4)}`;
    const { images, labels, shape, preprocessing } = run.snapshot();
    draw(unprepare(images, [labels.length, ...shape], preprocessing));
  }
  status.textContent = `done, by ${engine.workers} worker(s)`;
  await engine.close();
} catch (error) {
  status.textContent = `failed: ${error.message} ${error.hint ?? ""}`;
  throw error;
}
