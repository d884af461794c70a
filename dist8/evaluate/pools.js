// Pools of networks that the dataset distillation family evaluates on, as data.
import { DatadamError } from "../errors.js";
const convnets = (key, values) => values.map((value) => ({ arch: "convnet", [key]: value }));
/** Each varies one thing of the ConvNet; what a member leaves out is as in distillation. `architectures` varies the architecture. */
export const pools = {
    widths: convnets("width", [32, 64, 128, 256]),
    depths: convnets("depth", [1, 2, 3, 4]),
    activations: convnets("activation", ["sigmoid", "relu", "leaky_relu"]),
    poolings: convnets("pooling", ["none", "max", "average"]),
    norms: convnets("norm", ["none", "batch", "layer", "instance", "group"]),
    architectures: ["mlp", "convnet", "lenet", "alexnet", "vgg11", "resnet18"].map((arch) => ({ arch })),
};
/** @throws DatadamError `INVALID_OPTION` for an unknown name. */
export function poolOf(name) {
    if (Object.hasOwn(pools, name))
        return pools[name];
    throw new DatadamError("INVALID_OPTION", `unknown pool "${name}"`, {
        hint: `Known: ${Object.keys(pools).join(", ")}.`,
    });
}
//# sourceMappingURL=pools.js.map