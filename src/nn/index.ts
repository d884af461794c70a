// Networks: named parameters in PyTorch's layout, and a traced forward pass.

export {
  type Architecture,
  architecture,
  type BuildContext,
  type Facts,
  imageOptions,
  type NetworkOptions,
  type OptionSpec,
} from "./architecture.ts";
export type { ConvNetOptions } from "./architectures/convnet.ts";
export * from "./architectures/index.ts";
export type { VitOptions } from "./architectures/vit.ts";
export {
  type ConvNetContext,
  inferConvNet,
  inferNetwork,
  type NetworkContext,
  recordedNetwork,
} from "./inferNetwork.ts";
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
  unbiasedConvSpecs,
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
export {
  type AnyNetworkOptions,
  type ArchitectureName,
  architectureNames,
  architectureOf,
  architectures,
  buildNetwork,
  type NetworkBuilder,
  type NetworkConfig,
  networkKeys,
  type OwnOptions,
  type ResolvedNetworkConfig,
} from "./registry.ts";
export { type NetworkChoice, type NetworkImages, resolveCustomNetwork, resolveNetwork } from "./resolveNetwork.ts";
