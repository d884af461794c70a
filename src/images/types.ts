// Labelled images, and the maps between their bytes and the space that networks see.

/**
 * Labelled images as bytes, in memory or on the disk. All arrays may be backed by shared memory; nothing here mutates
 * them. `imageSet` makes one of plain arrays.
 */
export interface ImageSet {
  /** e.g. `cifar10/train`. */
  readonly name: string;
  /** Number of images. */
  readonly count: number;
  /** `[channels, height, width]`. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  /** One class index an image. */
  readonly labels: Uint16Array;
  /**
   * The bytes of an image: uint8 `[c, h, w]`, a view into memory or a copy from the disk. They stay valid and must not
   * be written to.
   * @throws RangeError where there is no such image
   */
  image(index: number): Uint8Array;
  /**
   * All images: uint8, NCHW, `count * channels * height * width` long. A set on the disk reads them all into memory
   * each time this is asked for, and throws above 8 GiB: ask for one {@link image} after another instead.
   */
  readonly pixels: Uint8Array;
  /**
   * Channel statistics of pixels in [0, 1]: the published constants where there are some, else computed on the training
   * part.
   */
  readonly normalization: Normalization;
  /** Whether a mirrored image keeps its class (false for digits and letters). */
  readonly flippable: boolean;
}

/** A data set: what an adapter of `src/data` returns. */
export interface Dataset {
  readonly name: string;
  readonly train: ImageSet;
  /** Absent where the source has no test part and none was split off. */
  readonly test: ImageSet | undefined;
  /** The share of each class that stayed for training, where the test part was split off. */
  readonly split?: number | undefined;
}

/** A data set that has a test part. */
export interface TestedDataset extends Dataset {
  readonly test: ImageSet;
}

/** `(pixel / 255 - mean[c]) / std[c]`. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** ZCA whitening of normalised images, flattened to `d = c*h*w`: `(x - mean) W`, W symmetric. */
export interface Zca {
  readonly eps: number;
  /** float32 [d] */
  readonly mean: Float32Array;
  /** float32 [d, d], `(C + eps I)^(-1/2)` */
  readonly whiten: Float32Array;
  /** float32 [d, d], `(C + eps I)^(1/2)`: undoes `whiten`. */
  readonly unwhiten: Float32Array;
}

/** How bytes become what networks see. Travels with every distilled set. */
export interface Preprocessing {
  readonly normalization: Normalization;
  readonly zca: Zca | undefined;
}

/** Images in the space that networks see. */
export interface PreparedSet {
  readonly name: string;
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  readonly labels: Uint16Array;
  readonly preprocessing: Preprocessing;
  /** Whether a mirrored image keeps its class: an automatic augmentation flips only then. */
  readonly flippable: boolean;
  /** Copies the images at `indices` into `out` (float32 NCHW), allocated where not given. */
  read(indices: ArrayLike<number>, out?: Float32Array): Float32Array;
}

/** A few images a class that stand for a whole set. */
export interface SyntheticSet {
  /** float32 NCHW, in the prepared (normalised, possibly whitened) space, sorted by class. */
  readonly images: Float32Array;
  readonly labels: Uint16Array;
  /**
   * Each image holds `factor` x `factor` smaller ones, which `expandSet` brings to full size for training. Default 1.
   */
  readonly factor?: number | undefined;
  /**
   * Probabilities of the classes, from a teacher or learned with the images: float32 [n * factor^2, classes], rows of
   * sum 1, of the images that networks see. Only used where that is asked for.
   */
  readonly softLabels?: Float32Array | undefined;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  /** Where it comes from: resolved configuration, seed, iteration. Plain JSON. */
  readonly provenance: Readonly<Record<string, unknown>>;
}
