// What a table is made of, between its value and its text.

import type { DecidingArgument } from "../../data/readingTable.ts";
import type { DistillConfig } from "../../distill/config/index.ts";
import type { EvaluateOptions } from "../../evaluate/types.ts";
import type { ArchitectureName, networkKeys } from "../../nn/index.ts";
import type { SelectMethod } from "../../select/index.ts";
import type { Protocol } from "../../train/types.ts";
import type { DataOptions } from "../inputs/data.ts";
import type { Space } from "../inputs/sets.ts";
import type { JobValue } from "../types.ts";

/** A published number, in per cent. */
export interface Published {
  readonly mean: number;
  readonly std?: number | undefined;
  readonly source: string;
}

/** A data set as the table names it. */
export interface NamedData extends Pick<DataOptions, DecidingArgument> {
  readonly dataset: string;
}

/** What decides a cell's numbers of a data set; kept with the records, so that they can be found without the images. */
export interface DataFacts {
  readonly name: string;
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  readonly flippable: boolean;
  readonly fingerprint: string;
  readonly test: { readonly count: number; readonly fingerprint: string };
}

/** The same of a set that is given as a file or run, and of parameters. */
export interface FileFacts {
  readonly sha256: string;
  /** Whether it is not a set of this program: one of another, or parameters. */
  readonly foreign: boolean;
  /** What the set records of its network and iterations. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** A file or folder that a table names. */
export interface NamedFile {
  readonly path: string;
  /** As the table has it, relative to the table's folder. */
  readonly name: string;
  readonly holds: "set" | "parameters";
}

/** Where a selection takes distances: pixels, or the features of a network, by name or with options. */
export type Features = "pixels" | ArchitectureName | FeaturesNetwork;

interface FeaturesNetwork extends Omit<NetworkChoice, "arch"> {
  readonly arch: ArchitectureName;
}

/** What is evaluated. `config` decides whitening, and the networks where the table does not. */
export type Subject = { readonly config: DistillConfig } & (
  | {
      readonly kind: "distill";
      readonly job: JobValue;
      /** The set it starts from, where that is a given one. */
      readonly file: NamedFile | undefined;
    }
  | {
      readonly kind: "select";
      readonly job: JobValue;
      readonly method: SelectMethod;
      /** As the table has it. */
      readonly features: Features | undefined;
      /** Trained parameters of the features' network. */
      readonly file: NamedFile | undefined;
    }
  | { readonly kind: "whole"; readonly file: undefined }
  | { readonly kind: "file"; readonly file: NamedFile; readonly space: Space | undefined }
);

/** What of the networks the table states; the rest is as in distillation. */
export type NetworkChoice = Pick<EvaluateOptions, (typeof networkKeys)[number]> & {
  readonly arch?: string | undefined;
};

/** One row under one column with one seed. */
export interface Unit {
  /** For messages: `DM, IPC 1`. */
  readonly title: string;
  readonly row: string;
  readonly column: string;
  readonly seed: number;
  readonly data: NamedData;
  /** How the same images are read from here. */
  readonly source: DataOptions;
  readonly subject: Subject;
  readonly protocol: Protocol;
  readonly networks: number;
  readonly choice: NetworkChoice;
  /** Name of the folder of its set. Default: by what decides it. */
  readonly run: string | undefined;
}

/** Makes the jobs of units, and what they record as configuration. @throws DatadamError INVALID_OPTION */
export type JobMaker = (value: { readonly kind: "distill" | "select"; readonly [key: string]: unknown }) => {
  readonly job: JobValue;
  readonly config: DistillConfig;
};

export interface PlannedCell {
  readonly row: string;
  readonly column: string;
  readonly published: Published | undefined;
  /** Why the cell is left out. */
  readonly obstacle: string | undefined;
  /** One a seed; none where the cell is left out. */
  readonly units: readonly Unit[];
}

export interface Plan {
  readonly title: string | undefined;
  readonly rows: readonly string[];
  readonly columns: readonly { readonly name: string; readonly ipc: number | undefined }[];
  /** By row, then column. */
  readonly cells: readonly (readonly PlannedCell[])[];
}

/** What decides a unit's numbers, in full. */
export interface Identity {
  /** Names the set: SHA-256 of `set`. */
  readonly setKey: string;
  /** Names the record: SHA-256 of `set` and `evaluation`. */
  readonly key: string;
  /** Beginning of the record's name, for people. */
  readonly label: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly evaluation: {
    readonly network: Readonly<Record<string, unknown>>;
    readonly protocol: Protocol;
    readonly seed: number;
    /** Fingerprint of the test images. */
    readonly test: string;
  };
  /** What the networks are taken from where the table does not say. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** A file of the records. */
export interface TableRecord {
  readonly format: "datadam-table-record/1";
  readonly set: Identity["set"];
  readonly evaluation: Identity["evaluation"];
  /** Test accuracies in per cent, by the number of the network. */
  readonly accuracies: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
}
