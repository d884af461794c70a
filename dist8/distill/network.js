// The network whose maps are matched: by configuration, or the user's own.
import { DatadamError } from "../errors.js";
import { buildNetwork } from "../nn/index.js";
/** @throws DatadamError INVALID_OPTION where the architecture refuses its options or the images. */
export function networkOf({ arch, depth, width, norm, activation, pooling }, set) {
    const options = { ...imagesOf(set), width, norm };
    return said(() => buildNetwork(arch, arch === "convnet" ? { ...options, depth, activation, pooling } : options));
}
/** @throws DatadamError INVALID_OPTION where the builder refuses the images, or its network is not for them. */
export function customNetwork(build, set) {
    const network = said(() => build(imagesOf(set)));
    if (network.input.join() !== set.shape.join()) {
        throw new DatadamError("INVALID_OPTION", `network ${network.name} takes images of ${network.input.join(" x ")}, the set has ${set.shape.join(" x ")}`);
    }
    return network;
}
function imagesOf({ shape: [channels, height, width], classNames }) {
    return { channels, size: height === width ? height : [height, width], classes: classNames.length };
}
function said(build) {
    try {
        return build();
    }
    catch (error) {
        if (error instanceof RangeError)
            throw new DatadamError("INVALID_OPTION", error.message, { cause: error });
        throw error;
    }
}
//# sourceMappingURL=network.js.map