// Training protocols of the field, as data.

import { autoStrategy, isPixelPolicy, parsePolicy, withoutMirrors } from "../augment/index.ts";
import { DatadamError } from "../errors.ts";
import type { Protocol, Schedule } from "./types.ts";

const SGD = { lr: 0.01, momentum: 0.9, weightDecay: 5e-4, augment: "auto" } as const;

/** DM's and DataDAM's code: the rate times 0.1 at half, with a fresh optimiser. */
const HALF: Schedule = { kind: "milestones", at: [0.5], factor: 0.1, resetMomentum: true };

/** DC-BENCH's code (Cui et al. 2022), whose passes are DM's: instance norm. */
const DC_BENCH = { epochs: 1000, batch: 256, ...SGD, schedule: HALF, norm: "instance" } as const;

/** IDC's code (Kim et al. 2022) and that of its followers: a fifth of the rate at 2/3 and 5/6. */
const FIFTHS: Schedule = { kind: "milestones", at: [2 / 3, 5 / 6], factor: 0.2, resetMomentum: false };

const CUTMIX = { probability: 0.5, beta: 1 } as const;

/** How that family trains on distilled images: instance norm, CutMix, colour and flip always. */
const IDC = {
  batch: 64,
  ...SGD,
  schedule: FIFTHS,
  always: "color_flip",
  augment: "crop_scale_rotate",
  cutmix: CUTMIX,
  norm: "instance",
} as const;

export type ProtocolName =
  | "official"
  | "dm"
  | "quick"
  | "paper"
  | "eccv2024"
  | "dc-bench"
  | "dc-bench-none"
  | "dc-bench-autoaugment"
  | "dc-bench-randaugment"
  | "dc-bench-imagenet"
  | "idc"
  | "quick-idc"
  | "encoder"
  | "whole";

/**
 * Protocols by name. All: SGD (learning rate 0.01, momentum 0.9, weight decay 5e-4), hard labels, and, where the name
 * or the comment says no other augmentation, DSA drawn per image. `docs/reference/protocols.md` says where each comes
 * from, and what its source leaves open.
 */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  /** DataDAM's released code: 1800 epochs of batches of 64. */
  official: { name: "official", epochs: 1800, batch: 64, ...SGD, schedule: HALF },
  /** DM (Zhao & Bilen 2023), which most tables follow: 1000 epochs of batches of 256. */
  dm: { name: "dm", epochs: 1000, batch: 256, ...SGD, schedule: HALF },
  /** For a CPU: 300 epochs of batches of 64. `docs/lab-notes/accuracy.md` says how far its numbers are from `dm`'s. */
  quick: { name: "quick", epochs: 300, batch: 64, ...SGD, schedule: HALF },
  /**
   * The paper's table of hyper-parameters: the rate halves every 15 epochs. Epochs and batch, which it leaves open, as
   * in `dm`.
   */
  paper: { name: "paper", epochs: 1000, batch: 256, ...SGD, schedule: { kind: "every", epochs: 15, factor: 0.5 } },
  /** The ECCV 2024 dataset distillation challenge: ConvNet with instance norm, DSA. The rest as in `dm`. */
  eccv2024: { name: "eccv2024", epochs: 1000, batch: 256, ...SGD, schedule: HALF, norm: "instance" },
  /** DC-BENCH under DSA, and under each of the other augmentations that it takes the best and the mean of. */
  "dc-bench": { ...DC_BENCH, name: "dc-bench" },
  /** Without augmentation: 300 epochs. */
  "dc-bench-none": { ...DC_BENCH, name: "dc-bench-none", epochs: 300, augment: "none" },
  "dc-bench-autoaugment": { ...DC_BENCH, name: "dc-bench-autoaugment", augment: "autoaugment" },
  "dc-bench-randaugment": { ...DC_BENCH, name: "dc-bench-randaugment", augment: "randaugment" },
  "dc-bench-imagenet": { ...DC_BENCH, name: "dc-bench-imagenet", augment: "imagenet" },
  /**
   * IDC's followers (DSDM, DANCE, TGDD): 1500 epochs. The last epoch counts; the best of tests after every 250, which
   * they report, is given beside it.
   */
  idc: { name: "idc", epochs: 1500, ...IDC, checks: 250 },
  /** The same in 300 epochs, for a CPU. */
  "quick-idc": { name: "quick-idc", epochs: 300, ...IDC },
  /** How that family trains networks on real images, to distil with them: each image coloured and cropped. */
  encoder: {
    name: "encoder",
    epochs: 20,
    batch: 64,
    ...SGD,
    schedule: FIFTHS,
    always: "color_crop",
    augment: "none",
    cutmix: CUTMIX,
  },
  /** For training on a whole set: 30 epochs of batches of 128 (this project's, for a CPU). */
  whole: {
    name: "whole",
    epochs: 30,
    batch: 128,
    ...SGD,
    schedule: { kind: "milestones", at: [0.5, 0.75, 0.9], factor: 0.2, resetMomentum: false },
  },
};

/**
 * @throws DatadamError `INVALID_OPTION` for an unknown name or values out of range.
 */
export function parseProtocol(protocol: string | Protocol): Protocol {
  if (typeof protocol === "string") {
    if (Object.hasOwn(protocols, protocol)) return protocols[protocol as keyof typeof protocols];
    throw new DatadamError("INVALID_OPTION", `unknown protocol "${protocol}"`, {
      hint: `Known: ${Object.keys(protocols).join(", ")}.`,
    });
  }
  const fault = faultOf(protocol);
  if (fault === undefined) return protocol;
  const named = typeof protocol.name === "string" ? `protocol ${protocol.name}` : "the protocol";
  throw new DatadamError("INVALID_OPTION", `${named}: ${fault}`, {
    hint: "Change what differs in one that is there: { ...protocols.quick, epochs: 100 }.",
  });
}

function faultOf(protocol: Protocol): string | undefined {
  const { epochs, batch, lr, momentum, weightDecay, schedule } = protocol;
  const positive = (value: number): boolean => Number.isInteger(value) && value >= 1;
  const number = (value: number): boolean => Number.isFinite(value) && value >= 0;
  if (!(positive(epochs) && positive(batch) && number(lr) && lr > 0))
    return `epochs, batch and lr must be positive, got ${epochs}, ${batch}, ${lr}`;
  if (protocol.checks !== undefined && !positive(protocol.checks))
    return `checks must be a positive number of epochs, got ${protocol.checks}`;
  if (!(number(momentum) && number(weightDecay)))
    return `momentum and weightDecay must be 0 or more, got ${momentum}, ${weightDecay}`;
  const { kind } = schedule ?? {};
  if (kind !== "milestones" && kind !== "every") return `schedule.kind must be milestones or every, got ${kind}`;
  if (!number(schedule.factor)) return `schedule.factor must be 0 or more, got ${schedule.factor}`;
  if (schedule.kind === "every" && !positive(schedule.epochs))
    return `schedule.epochs must be positive, got ${schedule.epochs}`;
  if (schedule.kind === "milestones" && !schedule.at?.every(number))
    return `schedule.at must list fractions of all epochs, got ${schedule.at}`;
  return augmentationFaultOf(protocol);
}

function augmentationFaultOf({ augment, always, cutmix }: Protocol): string | undefined {
  if (typeof augment !== "string") return `augment must be a strategy, "auto" or "none", got ${augment}`;
  if (augment !== "auto" && !isPixelPolicy(augment)) parsePolicy(augment, "one");
  if (always !== undefined) {
    if (typeof always !== "string") return `always must be a strategy or "none", got ${always}`;
    parsePolicy(always, "all");
  }
  if (cutmix !== undefined) {
    const { probability, beta } = cutmix ?? {};
    if (!(Number.isFinite(probability) && probability >= 0 && probability <= 1))
      return `cutmix.probability must be 0 to 1, got ${probability}`;
    if (!(Number.isFinite(beta) && beta > 0)) return `cutmix.beta must be above 0, got ${beta}`;
  }
  return undefined;
}

/** Learning rate of an epoch (0-based), and whether momentum starts anew with it. */
export function learningRate({ lr, epochs, schedule }: Protocol, epoch: number): { rate: number; fresh: boolean } {
  if (schedule.kind === "every") {
    return { rate: lr * schedule.factor ** Math.floor(epoch / schedule.epochs), fresh: false };
  }
  const starts = schedule.at.map((fraction) => Math.floor(epochs * fraction));
  const passed = starts.filter((start) => epoch >= start).length;
  return { rate: lr * schedule.factor ** passed, fresh: schedule.resetMomentum && starts.includes(epoch) };
}

/**
 * The protocol for a set: `"auto"` is settled, and where a mirrored image changes its class, neither that nor `always`
 * mirrors any.
 */
export function resolveProtocol(protocol: Protocol, flippable: boolean): Protocol {
  const { augment, always } = protocol;
  return {
    ...protocol,
    ...(augment === "auto" && { augment: autoStrategy(flippable) }),
    ...(always !== undefined && !flippable && { always: withoutMirrors(always) }),
  };
}
