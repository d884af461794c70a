// The data sets that are known by name, a line each: a set, or a list of sets.

export { builtin } from "./builtin.ts";
export { cifar10 } from "./cifar10.ts";
export { cifar100 } from "./cifar100.ts";
export { imagenet, imagenetSubsets } from "./imagenet/imagenet1k.ts";
export { imagenette, imagewoof } from "./imagenet/imagenette.ts";
export { mnistSets } from "./mnistSets.ts";
export { svhn } from "./svhn.ts";
export { tinyImagenet } from "./tinyImagenet.ts";
