// What a table is made of, between its file and its text.

import type { EvaluateOptions } from "../../evaluate/types.ts";
import type { SourceOptions } from "../../run/index.ts";
import type { SelectMethod } from "../../select/index.ts";
import type { Protocol } from "../../train/types.ts";
import type { Settings } from "../settings.ts";
import type { Features } from "./selections.ts";

/** A number of somebody else's, in per cent. */
export interface Published {
  readonly mean: number;
  readonly std?: number;
  readonly source: string;
}

/** A data set as the file names it; a path is relative to the file. */
export interface AskedData extends Pick<SourceOptions, "size" | "channels" | "split" | "labels"> {
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
  /** Whether it is no set of ours: of another program, or parameters. */
  readonly foreign: boolean;
  /** What the set says of its network and iterations. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** What the numbers of another program's file are. */
export type Space = "normalized" | "pixels" | "zca";

/** A file or folder that a table names. */
export interface NamedFile {
  readonly path: string;
  /** As the table says it, relative to its own place. */
  readonly said: string;
  readonly holds: "set" | "parameters";
}

/** What is evaluated. */
export type Subject =
  | {
      readonly kind: "distill";
      readonly settings: Settings;
      /** The set it starts from, where that is a given one. */
      readonly file: NamedFile | undefined;
    }
  | {
      readonly kind: "select";
      readonly method: SelectMethod;
      readonly features: Features | undefined;
      /** Trained parameters of the features' network. */
      readonly file: NamedFile | undefined;
      readonly settings: Settings;
    }
  | { readonly kind: "whole"; readonly settings: Settings; readonly file: undefined }
  | {
      readonly kind: "file";
      readonly file: NamedFile;
      readonly space: Space | undefined;
      readonly settings: Settings;
    };

/** What of the networks the table says; the rest is as in distillation. */
export type NetworkChoice = Pick<EvaluateOptions, "norm" | "width" | "depth" | "activation" | "pooling"> & {
  readonly arch?: string;
};

/** One row under one column with one seed. */
export interface Unit {
  /** For messages: `DM, IPC 1`. */
  readonly title: string;
  readonly seed: number;
  readonly data: AskedData;
  readonly subject: Subject;
  readonly protocol: Protocol;
  readonly networks: number;
  readonly choice: NetworkChoice;
}

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
