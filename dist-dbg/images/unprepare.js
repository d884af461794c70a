// From the space that networks see back to bytes.
import { multiplyInto } from "./multiply.js";
import { checkNormalization, toByte } from "./normalize.js";
/**
 * Undoes whitening (`x unwhiten + mean`) and normalisation, clamps to [0, 255] and rounds half up.
 *
 * @param images float32 NCHW, `n * c * h * w` long.
 * @returns uint8 NCHW. With whitening a few hundred images of 3x32x32 take seconds.
 */
export function unprepare(images, shape, preprocessing) {
    const [n, channels, height, width] = shape;
    const area = height * width;
    const d = channels * area;
    if (images.length !== n * d) {
        throw new RangeError(`${images.length} numbers are not images of shape [${shape.join(", ")}]`);
    }
    const { normalization, zca } = preprocessing;
    checkNormalization(normalization, channels, "images");
    let normalized = images;
    if (zca) {
        if (zca.mean.length !== d) {
            throw new RangeError(`whitening of ${zca.mean.length} numbers an image does not fit shape [${shape.join(", ")}]`);
        }
        normalized = new Float64Array(n * d);
        multiplyInto(images, zca.unwhiten, n, d, d, normalized); // unwhiten is its own transpose
        for (let i = 0; i < normalized.length; i++)
            normalized[i] += zca.mean[i % d];
    }
    const out = new Uint8Array(n * d);
    for (let plane = 0; plane < n * channels; plane++) {
        const [mean, std] = [normalization.mean[plane % channels], normalization.std[plane % channels]];
        for (let i = plane * area; i < (plane + 1) * area; i++)
            out[i] = toByte(normalized[i], mean, std);
    }
    return out;
}
//# sourceMappingURL=unprepare.js.map