// The data sets that are known by name: a line each.

import type { TestedDataset } from "../../images/types.ts";
import { type DatasetOptions, resolveOptions } from "../options.ts";
import { loadBuiltin } from "./builtin.ts";
import { CIFAR_URL } from "./cifar.ts";
import { loadCifar10 } from "./cifar10.ts";
import { loadCifar100 } from "./cifar100.ts";
import { IMAGENETTE, IMAGEWOOF } from "./imagenet/imagenet.ts";
import { IMAGENET_URL, loadImagenet } from "./imagenet/imagenet1k.ts";
import { IMAGENETTE_URL, loadImagenette } from "./imagenet/imagenette.ts";
import { IMAGENET_SUBSETS, type ImagenetSubset } from "./imagenet/subsets.ts";
import { loadMnist } from "./mnist.ts";
import { type EmnistName, MNIST_SETS } from "./mnistSets.ts";
import { loadSvhn } from "./svhn.ts";
import { loadTinyImagenet, TINY_IMAGENET_URL } from "./tinyImagenet.ts";

/** The data sets that are known by name. All but `builtin` need `dir`. */
export type DatasetName =
  | "builtin"
  | "cifar10"
  | "cifar100"
  | "mnist"
  | "fashion-mnist"
  | "kmnist"
  | EmnistName
  | "svhn"
  | "tiny-imagenet"
  | "imagenette"
  | "imagewoof"
  | "imagenet"
  | `imagenet:${ImagenetSubset}`;

/** A data set that is known by name. */
export interface NamedSet {
  /** What it is and where it comes from, in a line. */
  readonly about: string;
  /** How many training and test images it has as published, where that is always the same. */
  readonly counts?: readonly [train: number, test: number];
  readonly load: (options: DatasetOptions) => Promise<TestedDataset>;
  /** Whether it is made of image files, so that it takes `size` and `channels`. */
  readonly resizes?: true;
}

export const NAMED: Readonly<Record<DatasetName, NamedSet>> = {
  builtin: {
    about: "the letters A to J in free fonts, 32 x 32 grey, 2500 training and 600 test images; comes with the package",
    counts: [2500, 600],
    load: () => loadBuiltin(),
  },
  cifar10: {
    about: `CIFAR-10, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
    counts: [50_000, 10_000],
    load: (options) => loadCifar10(options.dir, maxBytes(options)),
  },
  cifar100: {
    about: `CIFAR-100, 32 x 32 RGB, 50,000 training and 10,000 test images; binary or Python version from ${CIFAR_URL}`,
    counts: [50_000, 10_000],
    load: (options) => loadCifar100(options.dir, options.labels ?? "fine", maxBytes(options)),
  },
  mnist: mnist("mnist", [60_000, 10_000]),
  "fashion-mnist": mnist("fashion-mnist", [60_000, 10_000]),
  kmnist: mnist("kmnist", [60_000, 10_000]),
  "emnist-balanced": mnist("emnist-balanced", [112_800, 18_800]),
  "emnist-bymerge": mnist("emnist-bymerge", [697_932, 116_323]),
  "emnist-byclass": mnist("emnist-byclass", [697_932, 116_323]),
  "emnist-letters": mnist("emnist-letters", [124_800, 20_800]),
  "emnist-digits": mnist("emnist-digits", [240_000, 40_000]),
  "emnist-mnist": mnist("emnist-mnist", [60_000, 10_000]),
  svhn: {
    about:
      "SVHN, cropped digits, 32 x 32 RGB, 73,257 training and 26,032 test images; from http://ufldl.stanford.edu/housenumbers/",
    counts: [73_257, 26_032],
    load: (options) => loadSvhn(options.dir, maxBytes(options)),
  },
  "tiny-imagenet": {
    about: `Tiny ImageNet, 64 x 64 RGB, 100,000 training and 10,000 validation images of 200 classes; from ${TINY_IMAGENET_URL}`,
    counts: [100_000, 10_000],
    load: loadTinyImagenet,
    resizes: true,
  },
  imagenette: {
    about: `ImageNette, ten easy classes of ImageNet, scaled to 128 x 128 RGB; from ${IMAGENETTE_URL}`,
    load: (options) => loadImagenette("imagenette", "imagenette2", IMAGENETTE, options),
    resizes: true,
  },
  imagewoof: {
    about: `ImageWoof, ten breeds of dogs of ImageNet, scaled to 128 x 128 RGB; from ${IMAGENETTE_URL}`,
    load: (options) => loadImagenette("imagewoof", "imagewoof2", IMAGEWOOF, options),
    resizes: true,
  },
  imagenet: {
    about: `ImageNet-1K (ILSVRC 2012), scaled to 64 x 64 RGB, class folders or the published archives; from ${IMAGENET_URL}`,
    load: (options) => loadImagenet(options),
    resizes: true,
  },
  "imagenet:nette": subset("nette"),
  "imagenet:woof": subset("woof"),
  "imagenet:fruit": subset("fruit"),
  "imagenet:yellow": subset("yellow"),
  "imagenet:meow": subset("meow"),
  "imagenet:squawk": subset("squawk"),
};

/** Whether `text` is the name of a known data set. */
export function isName(text: string): text is DatasetName {
  return Object.hasOwn(NAMED, text);
}

function mnist(name: keyof typeof MNIST_SETS, counts: readonly [train: number, test: number]): NamedSet {
  const { title, url } = MNIST_SETS[name];
  const [train, test] = counts.map((n) => n.toLocaleString("en"));
  return {
    about: `${title}, 28 x 28 grey, ${train} training and ${test} test images; from ${url}`,
    counts,
    load: (options) => loadMnist(MNIST_SETS[name], options.dir, maxBytes(options)),
  };
}

function subset(name: ImagenetSubset): NamedSet {
  return {
    about: `ten classes of ImageNet-1K, ${IMAGENET_SUBSETS[name][0]}, scaled to 64 x 64 RGB; lies where imagenet does`,
    load: (options) => loadImagenet(options, name),
    resizes: true,
  };
}

function maxBytes(options: DatasetOptions): number {
  return resolveOptions(options).maxArchiveBytes;
}
