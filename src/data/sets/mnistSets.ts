// The sets in MNIST's format, by name.

import { loadMnist, type MnistLike } from "./mnist.ts";
import type { NamedSet } from "./set.ts";

const DIGITS = [..."0123456789"];
const UPPER = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const LOWER = [..."abcdefghijklmnopqrstuvwxyz"];
/** EMNIST's merged classes: letters whose capital looks the same have no class of their own. */
const MERGED = [...DIGITS, ...UPPER, ..."abdefghnqrt"];
const CLOTHES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];
const KANA = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"];

type Split = "balanced" | "bymerge" | "byclass" | "letters" | "digits" | "mnist";
/** Classes of each split of EMNIST. */
const SPLITS: Readonly<Record<Split, readonly string[]>> = {
  balanced: MERGED,
  bymerge: MERGED,
  byclass: [...DIGITS, ...UPPER, ...LOWER],
  letters: UPPER, // a class is a letter, capital or not
  digits: DIGITS,
  mnist: DIGITS,
};

type Name = "mnist" | "fashion-mnist" | "kmnist" | `emnist-${Split}`;

const FORMATS: Readonly<Record<Name, MnistLike>> = {
  mnist: {
    name: "mnist",
    title: "MNIST",
    url: "https://yann.lecun.com/exdb/mnist/",
    folders: ["MNIST/raw", "raw", "MNIST", "mnist"],
    classNames: DIGITS,
    normalization: { mean: [0.1307], std: [0.3081] },
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    url: "https://github.com/zalandoresearch/fashion-mnist",
    folders: ["FashionMNIST/raw", "raw", "data/fashion", "fashion-mnist"],
    classNames: CLOTHES,
    normalization: { mean: [0.2861], std: [0.353] },
    flippable: true,
  },
  kmnist: {
    name: "kmnist",
    title: "Kuzushiji-MNIST",
    url: "http://codh.rois.ac.jp/kmnist/",
    folders: ["KMNIST/raw", "raw", "KMNIST", "kmnist"],
    classNames: KANA,
  },
  "emnist-balanced": emnist("balanced"),
  "emnist-bymerge": emnist("bymerge"),
  "emnist-byclass": emnist("byclass"),
  "emnist-letters": emnist("letters"),
  "emnist-digits": emnist("digits"),
  "emnist-mnist": emnist("mnist"),
};

const MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist";

/** MNIST, Fashion-MNIST, Kuzushiji-MNIST and the splits of EMNIST. */
export const mnistSets: readonly NamedSet<Name>[] = [
  {
    ...mnistSet("mnist", [60_000, 10_000]),
    telltale: /^(train-images[-.]idx3-ubyte\/)?train-images[-.]idx3-ubyte(\.gz)?$/,
    downloads: [
      { url: `${MNIST}/train-images-idx3-ubyte.gz`, bytes: 9_912_422, md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873" },
      { url: `${MNIST}/train-labels-idx1-ubyte.gz`, bytes: 28_881, md5: "d53e105ee54ea40749a09fcbcd1e9432" },
      { url: `${MNIST}/t10k-images-idx3-ubyte.gz`, bytes: 1_648_877, md5: "9fb629c4189551a2d022fa330f9573f3" },
      { url: `${MNIST}/t10k-labels-idx1-ubyte.gz`, bytes: 4_542, md5: "ec29112dd5afa0611ce80d1b7f02629c" },
    ],
  },
  mnistSet("fashion-mnist", [60_000, 10_000]),
  mnistSet("kmnist", [60_000, 10_000]),
  mnistSet("emnist-balanced", [112_800, 18_800]),
  mnistSet("emnist-bymerge", [697_932, 116_323]),
  mnistSet("emnist-byclass", [697_932, 116_323]),
  mnistSet("emnist-letters", [124_800, 20_800]),
  mnistSet("emnist-digits", [240_000, 40_000]),
  mnistSet("emnist-mnist", [60_000, 10_000]),
];

function mnistSet(name: Name, counts: readonly [train: number, test: number]): NamedSet<Name> {
  const { title, url } = FORMATS[name];
  const [train, test] = counts.map((n) => n.toLocaleString("en"));
  return {
    name,
    about: `${title}, 28 x 28 grey, ${train} training and ${test} test images; from ${url}`,
    counts,
    takes: [],
    load: ({ dir, maxArchiveBytes }) => loadMnist(FORMATS[name], dir, maxArchiveBytes),
  };
}

function emnist(split: Split): MnistLike {
  return {
    name: `emnist-${split}`,
    title: `EMNIST's split "${split}"`,
    url: "https://www.nist.gov/itl/products-and-services/emnist-dataset (gzip.zip, unpacked)",
    folders: ["EMNIST/raw", "raw", "gzip", "EMNIST", "emnist"],
    classNames: SPLITS[split],
    prefixes: [`emnist-${split}-`, "test"],
    firstLabel: split === "letters" ? 1 : 0,
    transposed: true,
  };
}
