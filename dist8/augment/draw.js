// Draws the parameters of an augmentation: the ranges of the DSA family.
const BRIGHTNESS = 1;
const SATURATION = 2;
const CONTRAST = 0.5;
const CROP = 0.125;
const CUTOUT = 0.5;
const FLIP = 0.5;
const SCALE = 1.2;
const ROTATE = 15;
/**
 * Draws an augmentation: one of the policy's operations (mode `"one"`, for the whole batch) or all of them.
 * Brightness U(-0.5, 0.5), saturation U(0, 2), contrast U(0.5, 1.5); crop by whole pixels up to 1/8 of the side; cutout of half
 * the side; flip with probability 1/2; scale U(1/1.2, 1.2) in x and y apart; rotation U(-15, 15) degrees.
 * @throws RangeError where height, width or count is no positive integer (count may be 0)
 */
export function drawAugmentation(stream, policy, options) {
    const { height, width, count } = options;
    for (const side of [height, width]) {
        if (!Number.isSafeInteger(side) || side < 1)
            throw new RangeError(`drawAugmentation: bad image side ${side}`);
    }
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 0)) {
        throw new RangeError(`drawAugmentation: bad image count ${count}`);
    }
    const { operations } = policy;
    const chosen = policy.mode === "one" && operations.length > 0 ? [operations[stream.integer(operations.length)]] : operations;
    const steps = chosen.map((operation) => drawStep(stream, operation, height, width, count ?? 1));
    return { height, width, count, steps };
}
function drawStep(stream, operation, height, width, count) {
    const each = (draw) => Array.from({ length: count }, draw);
    const between = (low, high) => each(() => low + (high - low) * stream.uniform());
    switch (operation) {
        case "color":
            return {
                operation,
                brightness: between(-BRIGHTNESS / 2, BRIGHTNESS / 2),
                saturation: between(0, SATURATION),
                contrast: between(1 - CONTRAST, 1 + CONTRAST),
            };
        case "crop": {
            const shift = (side) => {
                const most = Math.round(side * CROP);
                return each(() => stream.integer(2 * most + 1) - most);
            };
            return { operation, dx: shift(width), dy: shift(height) };
        }
        case "cutout": {
            const holeWidth = Math.round(width * CUTOUT);
            const holeHeight = Math.round(height * CUTOUT);
            // An even hole has its centre between pixels, so it has one place more: every place cuts at least half a hole out.
            const centre = (side, hole) => each(() => stream.integer(side + 1 - (hole % 2)));
            return { operation, holeWidth, holeHeight, x: centre(width, holeWidth), y: centre(height, holeHeight) };
        }
        case "flip":
            return { operation, flipped: each(() => stream.uniform() < FLIP) };
        case "scale":
            return { operation, x: between(1 / SCALE, SCALE), y: between(1 / SCALE, SCALE) };
        case "rotate":
            return { operation, degrees: between(-ROTATE, ROTATE) };
        default:
            throw new TypeError(`drawAugmentation: unknown operation ${String(operation)}`);
    }
}
//# sourceMappingURL=draw.js.map