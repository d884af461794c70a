// What a search ranks and by which images: it follows from the job and its data set alone.

import type { ImageSet } from "../../../images/types.ts";
import {
  type Candidate,
  candidates,
  multiplyAdds,
  narrow,
  type Split,
  sampleCandidates,
  splitValidation,
} from "../../../nas/index.ts";
import { Key } from "../../../random/index.ts";
import { protocols, resolveProtocol } from "../../../train/index.ts";
import type { Protocol } from "../../../train/types.ts";
import { type NasJob, spaceOf } from "./job.ts";

export interface Setting {
  readonly key: Key;
  /** Architectures, as far as they are small enough for the images. */
  readonly chosen: readonly Candidate[];
  /** Of proxies that are sets. */
  readonly protocol: Protocol;
  readonly split: Split;
}

/** @throws DatadamError INVALID_OPTION */
export function settingOf(job: NasJob, train: ImageSet): Setting {
  const { seed, epochs, batch, validation } = job;
  const key = Key.fromSeed(seed).fold("nas");
  return {
    key,
    chosen: chooseCandidates(job, train, key),
    protocol: { ...resolveProtocol(protocols.quick, train.flippable), name: "nas", epochs, batch },
    split: splitValidation(train, validation.share, validation.images, key.fold("validation")),
  };
}

function chooseCandidates(job: NasJob, train: ImageSet, key: Key): Candidate[] {
  const facts = { shape: train.shape, classes: train.classNames.length };
  const most = 1e6 * (job.maxMadds ?? Number.POSITIVE_INFINITY);
  const all = candidates(narrow(spaceOf(job), job.subset)).filter(
    (candidate) => multiplyAdds(candidate, facts) <= most,
  );
  return job.sample === undefined ? all : sampleCandidates(all, job.sample, key.fold("sample"));
}
