// The sets in MNIST's format, by name.

import type { MnistLike } from "./mnist.ts";

const DIGITS = [..."0123456789"];
const UPPER = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const LOWER = [..."abcdefghijklmnopqrstuvwxyz"];
/** EMNIST's merged classes: letters whose capital looks the same have no class of their own. */
const MERGED = [...DIGITS, ...UPPER, ..."abdefghnqrt"];
const CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]; // biome-ignore format: names
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

/** e.g. `emnist-letters`. */
export type EmnistName = `emnist-${Split}`;

/** By name. */
export const MNIST_SETS: Readonly<Record<"mnist" | "fashion-mnist" | "kmnist" | EmnistName, MnistLike>> = {
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
