// What an architecture search finds: `nas.json`.

import type { Agreement, CandidateResult, Choice, SearchSpace } from "../../../nas/types.ts";
import type { Protocol } from "../../../train/types.ts";

/** The reference as a row beside the proxies. */
export const REFERENCE = "whole set";

/** A ranking of all architectures by what they were trained on. */
export interface ProxyRecord {
  readonly name: string;
  readonly storedImages: number;
  /** Images that each network was trained on, repetitions counted. */
  readonly seenImages: number;
  /** Wall-clock, with all lanes at work. */
  readonly seconds: number;
  /** A projection for the whole space, not a measurement; null where there is nothing to project. */
  readonly projectedSeconds: number | null;
  readonly diverged: number;
  /** With the reference ranking. */
  readonly agreement: Agreement | null;
  /** The same over the best of the reference ranking. */
  readonly topAgreement: Agreement | null;
  readonly selected: {
    readonly id: string;
    readonly referenceAccuracy: number | null;
    readonly testAccuracy: number | null;
  };
  readonly results: readonly CandidateResult[];
}

/** `nas.json`. */
export interface NasRecord {
  readonly format: "datadam-nas/1";
  readonly created: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly dataset: string;
  readonly space: SearchSpace;
  readonly spaceSize: number;
  readonly subset: Readonly<Record<string, readonly Choice[]>>;
  /** Millions of multiply-adds that an architecture may take for an image; null for any. */
  readonly maxMadds: number | null;
  readonly candidates: number;
  readonly seed: number;
  readonly networks: number;
  /** Of the proxies that are sets. */
  readonly protocol: Protocol;
  readonly validationImages: number;
  /** Share of the reference ranking that `topAgreement` is over. */
  readonly top: number;
  readonly reference: { readonly from: string; readonly epochs: number; readonly images: number } | null;
  readonly retrained: { readonly epochs: number; readonly images: number } | null;
  readonly halving: number | null;
  /** SHA-256 of the runs and files that were read, by path. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly proxies: readonly ProxyRecord[];
  /** What else is known of where it was made: the command, the machine. */
  readonly [key: string]: unknown;
}
