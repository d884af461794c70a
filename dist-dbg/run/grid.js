// grid.png: the distilled images as a person would look at them, a row a class.
import { encodePng, imageGrid } from "../formats/index.js";
import { unprepare } from "../images/index.js";
/** The set un-whitened and de-normalised, as PNG. One row a class, in class order. */
export function encodeGrid(set) {
    const count = set.labels.length;
    const classes = new Set(set.labels).size;
    const pixels = unprepare(set.images, [count, ...set.shape], set.preprocessing);
    const grid = imageGrid(pixels, { shape: set.shape, columns: Math.ceil(count / classes) });
    return encodePng(grid.pixels, grid);
}
//# sourceMappingURL=grid.js.map