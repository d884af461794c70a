// Fixtures that scripts/oracle made with PyTorch, and how far a result is from them.

import { readdirSync, readFileSync } from "node:fs";
import { decodeSafetensors } from "../../src/formats/index.ts";
import { type ImageSet, imageSet, type Normalization } from "../../src/images/index.ts";
import type { NdArray } from "../../src/nn/index.ts";

const ROOT = new URL("../fixtures/", import.meta.url);

export interface Fixture {
  /** File name without extension. */
  readonly name: string;
  /** A float32 tensor. */
  array(name: string): NdArray;
  /** An int64 tensor. */
  integers(name: string): number[];
  /** A uint8 tensor. */
  bytes(name: string): { readonly shape: readonly number[]; readonly data: Uint8Array };
  /** float32 tensors whose names begin with `prefix`, by the rest of their names. */
  arrays(prefix: string): Record<string, NdArray>;
  /** A metadata entry that holds JSON. */
  json<T>(key: string): T;
}

/** All safetensors files of `test/fixtures/<folder>`, by name. Throws where there are none. */
export function loadFixtures(folder: string): Fixture[] {
  const files = readdirSync(new URL(`${folder}/`, ROOT)).filter((file) => file.endsWith(".safetensors"));
  if (files.length === 0) throw new Error(`no fixtures in test/fixtures/${folder}`);
  return files.sort().map((file) => loadFixture(folder, file.replace(/\.safetensors$/, "")));
}

function loadFixture(folder: string, name: string): Fixture {
  const { tensors, metadata } = decodeSafetensors(readFileSync(new URL(`${folder}/${name}.safetensors`, ROOT)));
  const array = (key: string): NdArray => {
    const tensor = tensors[key];
    if (tensor?.dtype !== "F32") throw new Error(`${folder}/${name} has no float32 tensor ${key}`);
    return { shape: tensor.shape, data: tensor.data };
  };
  return {
    name,
    array,
    integers: (key) => {
      const tensor = tensors[key];
      if (tensor?.dtype !== "I64") throw new Error(`${folder}/${name} has no int64 tensor ${key}`);
      return Array.from(tensor.data, Number);
    },
    bytes: (key) => {
      const tensor = tensors[key];
      if (tensor?.dtype !== "U8") throw new Error(`${folder}/${name} has no uint8 tensor ${key}`);
      return { shape: tensor.shape, data: tensor.data };
    },
    arrays: (prefix) =>
      Object.fromEntries(
        Object.keys(tensors)
          .filter((key) => key.startsWith(prefix))
          .map((key) => [key.slice(prefix.length), array(key)]),
      ),
    json: <T>(key: string): T => JSON.parse(metadata[key]) as T,
  };
}

/** The images of a fixture that has `pixels`, `labels` and a `normalization`. */
export function fixtureImages(fixture: Fixture): ImageSet {
  const { shape, data } = fixture.bytes("pixels");
  const [, channels, height, width] = shape;
  return imageSet({
    name: fixture.name,
    shape: [channels, height, width],
    pixels: data,
    labels: fixture.integers("labels"),
    normalization: fixture.json<Normalization>("normalization"),
  });
}

/** Norm of the difference over the norm of `expected`. NaN where the lengths differ or a number is not finite. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(difference / norm);
}
