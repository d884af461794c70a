// What ways of choosing may be called. Plain data: help needs no networks.

import type { SelectMethod } from "./types.ts";

/** Those that take each class by itself, by distances between its images. They need no training. */
export const DISTANCE_METHODS = ["k-means", "k-center", "herding"] as const;
export type DistanceMethod = (typeof DISTANCE_METHODS)[number];

export const isDistanceMethod = (name: string): name is DistanceMethod =>
  DISTANCE_METHODS.some((method) => method === name);

/** Epochs of the training that forgetting watches, where none are given. */
export const FORGETTING_EPOCHS = 10;

export const SELECT_METHODS: readonly SelectMethod[] = ["random", "herding", "k-center", "k-means", "forgetting"];
