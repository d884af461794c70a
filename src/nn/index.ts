// Networks: named parameters in PyTorch's layout, and a traced forward pass.

export { alexnet } from "./architectures/alexnet.ts";
export { type ConvNetOptions, convnet } from "./architectures/convnet.ts";
export { lenet } from "./architectures/lenet.ts";
export { mlp } from "./architectures/mlp.ts";
export { resnet10, resnet10ap, resnet18, resnet18ap } from "./architectures/resnet.ts";
export { vgg11, vgg13, vgg16 } from "./architectures/vgg.ts";
export { type VitOptions, vit } from "./architectures/vit.ts";
export { type Architecture, type ArchitectureName, architectureOf, architectures } from "./architectures.ts";
export { type ConvNetContext, inferConvNet } from "./inferConvNet.ts";
export {
  ACTIVATIONS,
  type Activation,
  activate,
  convSpecs,
  flatten,
  linear,
  linearSpecs,
  NORMS,
  type Norm,
  normalize,
  normBuffers,
  normSpecs,
  POOLINGS,
  type Pooling,
  pool,
} from "./layers.ts";
export {
  type Arrays,
  type BufferSpec,
  checkParameters,
  type Forward,
  initialBuffers,
  initialize,
  loadParameters,
  type NdArray,
  type Network,
  type ParameterSpec,
  type Tensors,
} from "./network.ts";
export { type AnyNetworkOptions, buildNetwork, type NetworkBuilder, networks } from "./networks.ts";
export { imageOptions, type NetworkOptions } from "./options.ts";
