// What the page and the worker that does the work say to each other.

/** What images there are: none where a bank is all that was given. */
export interface Source {
  readonly kind: "letters" | "given" | "none";
  /** For people. */
  readonly name: string;
}

export interface Choice {
  readonly source: Source;
  /** Whether a bank was given. */
  readonly bank: boolean;
  /** Images a class. */
  readonly ipc: number;
  readonly iterations: number;
  /** `auto`: the graphics card where there is one, else the processor. */
  readonly device: "auto" | "cpu" | "webgpu";
}

export type Ask =
  | { readonly type: "open" }
  | {
      readonly type: "start";
      readonly choice: Choice;
      /** Those of images, and of a bank. */
      readonly files: readonly NamedFile[];
      readonly bankFiles: readonly NamedFile[];
    }
  | { readonly type: "go on" }
  | { readonly type: "stop" }
  | { readonly type: "forget" }
  | { readonly type: "download"; readonly as: Download };

export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

/** `onnx` is a network that is trained on the images; all others are the images. */
export type Download = "safetensors" | "npz" | "png" | "onnx";

/** One image of each column, a row a class. */
export interface Picture {
  /** uint8 NCHW, class by class. */
  readonly pixels: Uint8Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  readonly columns: number;
  readonly iteration: number;
}

/** Test accuracies in per cent, one a network. */
export interface Accuracies {
  readonly random: readonly number[];
  readonly distilled: readonly number[];
}

export type Tell =
  /** What an earlier visit left. */
  | { readonly type: "kept"; readonly choice: Choice | undefined; readonly finished: boolean }
  | { readonly type: "facts"; readonly text: string; readonly device: string; readonly workers: number }
  | {
      readonly type: "progress";
      readonly stage: string;
      readonly done: number;
      readonly total: number;
      readonly detail: string;
    }
  | { readonly type: "warning"; readonly text: string }
  | { readonly type: "picture"; readonly picture: Picture }
  | { readonly type: "loss"; readonly iteration: number; readonly loss: number }
  /** Undefined where there are no images to test on. */
  | { readonly type: "accuracies"; readonly accuracies: Accuracies | undefined }
  | { readonly type: "stopped" }
  | { readonly type: "finished"; readonly detail: string }
  | { readonly type: "failed"; readonly text: string; readonly hint: string }
  | { readonly type: "file"; readonly name: string; readonly bytes: Uint8Array };
