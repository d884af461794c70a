// What layers may be called. Plain data: configuration and help need no tensors.

export const NORMS = ["none", "instance", "group", "layer", "batch"] as const;
export const ACTIVATIONS = ["relu", "leaky_relu", "sigmoid", "swish"] as const;
export const POOLINGS = ["average", "max", "none"] as const;

export type Norm = (typeof NORMS)[number];
export type Activation = (typeof ACTIVATIONS)[number];
export type Pooling = (typeof POOLINGS)[number];
