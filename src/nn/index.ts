// Networks: named parameters in PyTorch's layout, and a traced forward pass.

export { type ConvNetOptions, convnet } from "./convnet.ts";
export { type ConvNetContext, inferConvNet } from "./inferConvNet.ts";
export { ACTIVATIONS, type Activation, NORMS, type Norm, POOLINGS, type Pooling } from "./layers.ts";
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
