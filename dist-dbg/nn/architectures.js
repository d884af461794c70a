// What is known of each architecture before one is built. Plain data: configuration and help need no tensors.
const ANY = ["instance", "none", "group", "layer", "batch"];
const vgg = (maps) => ({
    width: 64,
    norms: ANY,
    maps,
    activation: "relu",
    pooling: "max",
    smallest: 28,
});
const resnet = (maps, pooling) => ({
    width: 64,
    norms: ["instance", "group", "layer", "batch"],
    maps,
    activation: "relu",
    pooling,
    smallest: 16,
});
/** All architectures by name. */
export const architectures = {
    convnet: { width: 128, norms: ANY, maps: undefined, activation: undefined, pooling: undefined, smallest: 1 },
    alexnet: {
        width: 128,
        norms: ["none", "instance", "group", "layer", "batch"],
        maps: 5,
        activation: "relu",
        pooling: "max",
        smallest: 8,
    },
    vgg11: vgg(8),
    vgg13: vgg(10),
    vgg16: vgg(13),
    resnet10: resnet(5, "none"),
    resnet18: resnet(9, "none"),
    resnet10ap: resnet(5, "average"),
    resnet18ap: resnet(9, "average"),
    lenet: { width: 6, norms: ["none"], maps: 2, activation: "relu", pooling: "max", smallest: 16 },
    mlp: { width: 128, norms: ["none"], maps: 0, activation: "relu", pooling: "none", smallest: 1 },
    vit: { width: 512, norms: ["none"], maps: 0, activation: undefined, pooling: "none", smallest: 4 },
};
/** What is known of an architecture; undefined where there is none of that name. */
export function architectureOf(name) {
    return Object.hasOwn(architectures, name) ? architectures[name] : undefined;
}
//# sourceMappingURL=architectures.js.map