// Networks: named parameters in PyTorch's layout, and a traced forward pass.
export { alexnet } from "./alexnet.js";
export { architectureOf, architectures } from "./architectures.js";
export { convnet } from "./convnet.js";
export { inferConvNet } from "./inferConvNet.js";
export { ACTIVATIONS, activate, convSpecs, flatten, linear, linearSpecs, NORMS, normalize, normBuffers, normSpecs, POOLINGS, pool, } from "./layers.js";
export { lenet } from "./lenet.js";
export { mlp } from "./mlp.js";
export { checkParameters, initialBuffers, initialize, loadParameters, } from "./network.js";
export { buildNetwork, networks } from "./networks.js";
export { resnet10, resnet10ap, resnet18, resnet18ap } from "./resnet.js";
export { vgg11, vgg13, vgg16 } from "./vgg.js";
export { vit } from "./vit.js";
//# sourceMappingURL=index.js.map