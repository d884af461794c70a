// The list of operations: one line each. Names, drawing, applying and adjoints follow from it.

export { color } from "./color.ts";
export { crop } from "./crop.ts";
export { cutout } from "./cutout.ts";
export { flip } from "./flip.ts";
export { rotate } from "./rotate.ts";
export { scale } from "./scale.ts";
