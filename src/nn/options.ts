// What all networks take, and the checks they share.

import { type ArchitectureName, architectures } from "./architectures.ts";
import type { Norm } from "./layers.ts";

/** Options of every network; those with more have their own. */
export interface NetworkOptions {
  /** Image channels. Default 3. */
  channels?: number;
  /** Image height and width, in pixels; a pair for images that are not square. Default 32. */
  size?: number | readonly [height: number, width: number];
  /** Default 10. */
  classes?: number;
  /** Channels of the first block; those of later blocks follow it. Default: that of the architecture. */
  width?: number;
  /** Default: that of the architecture. */
  norm?: Norm;
}

/** What of a network's options images of `shape` decide. */
export function imageOptions(
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  classes: number,
): Required<Pick<NetworkOptions, "channels" | "size" | "classes">> {
  return { channels, size: height === width ? height : [height, width], classes };
}

export function sidesOf(size: NonNullable<NetworkOptions["size"]>): readonly [height: number, width: number] {
  return typeof size === "number" ? [size, size] : size;
}

/** @throws RangeError naming the first value that is no positive integer. */
export function checkCounts(network: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${network}: ${name} must be a positive integer, got ${value}`);
  }
}

/** @throws RangeError where `value` is not one of `known`. */
export function checkChoice(network: string, option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) {
    throw new RangeError(`${network}: unknown ${option} "${value}"; known: ${known.join(", ")}`);
  }
}

/** Options with nothing left out. */
export interface SettledOptions {
  readonly channels: number;
  readonly size: number | readonly [height: number, width: number];
  readonly classes: number;
  readonly width: number;
  readonly norm: Norm;
  readonly height: number;
  readonly imageWidth: number;
}

/**
 * Fills in what a network of fixed architecture was not given, and checks it.
 *
 * @throws RangeError for counts that are none, a norm the architecture cannot have, images too small for it.
 */
export function settleOptions(network: ArchitectureName, options: NetworkOptions): SettledOptions {
  const known = architectures[network];
  const { channels = 3, size = 32, classes = 10, width = known.width, norm = known.norms[0] } = options;
  const [height, imageWidth] = sidesOf(size);
  checkCounts(network, { channels, height, width: imageWidth, classes, "net width": width });
  if (!(known.norms as readonly string[]).includes(norm)) {
    throw new RangeError(`${network}: norm "${norm}" does not apply; it can have: ${known.norms.join(", ")}`);
  }
  if (norm === "group" && width % 4 !== 0)
    throw new RangeError(`${network}: group norm needs a width divisible by 4, got ${width}`);
  if (Math.min(height, imageWidth) < known.smallest) {
    throw new RangeError(
      `${network}: ${height} x ${imageWidth} images are too small for it; it needs ${known.smallest} px or more, or use another network`,
    );
  }
  return { channels, size, classes, width, norm, height, imageWidth };
}

/** Zeros on each side in the first convolution: images of 28 px are brought to the 32 px that the family's networks are made for. */
export function firstPadding(usual: number, height: number, width: number): number {
  return height === 28 && width === 28 ? usual + 2 : usual;
}
