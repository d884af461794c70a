// The list of architectures: one line each. Names, help, configuration keys and defaults follow from it.

export { alexnet } from "./alexnet.ts";
export { convnet } from "./convnet.ts";
export { lenet } from "./lenet.ts";
export { mlp } from "./mlp.ts";
export { resnet10, resnet10ap, resnet18, resnet18ap } from "./resnet.ts";
export { vgg11, vgg13, vgg16 } from "./vgg.ts";
export { vit } from "./vit.ts";
