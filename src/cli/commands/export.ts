// `datadam export RUN --to FORMAT`: the distilled images, or a network that is trained on them, for other programs.

import { DatadamError } from "../../errors.ts";
import { architectureNames, NORMS } from "../../nn/index.ts";
import { choice, command, dataFlags, dataOptions, executionOptions, grouped, required, value } from "../command.ts";
import { integer, positive } from "../parse.ts";

const FORMATS = ["png", "safetensors", "npz", "pt", "huggingface", "onnx"] as const;

const classifierOptions = grouped("Classifier (--to onnx)", {
  protocol: value("<name>", "how its network is trained (default: quick): see `datadam evaluate`"),
  arch: value("<name>", `the network (default: as in distillation): ${architectureNames.join(", ")}`),
  norm: choice("<name>", "its normalisation (default: as in distillation)", NORMS),
  width: value("<n>", "channels of its first block", integer(1)),
  depth: value("<n>", "blocks, of convnet and vit", integer(1)),
  seed: value("<n>", "seed of the network (default: that of the run)", integer(0)),
  network: value("<n>", "which of the networks that `datadam evaluate` trains (default: 0)", integer(0)),
  pixels: choice("<type>", "what it takes: uint8 (default), or float32 from 0 to 1", ["uint8", "float32"]),
  softLabels: value("<file>", "train it on what a teacher says, or on the stored soft labels: see `datadam evaluate`"),
  temperature: value("<t>", "of the teacher's softmax (default: 1)", positive),
  space: choice("<name>", "what the float images of another program's set are", ["normalized", "zca", "pixels"]),
});

export const exportCommand = command({
  name: "export",
  summary: "write the distilled images, or a network trained on them, for other programs",
  argument: [
    "<run>",
    "run directory; with --to onnx also a finished training, or a set as `datadam evaluate` takes it",
  ],
  options: {
    to: required(
      choice(
        "<format>",
        "png (a folder a class), safetensors, npz, pt (PyTorch), huggingface (a data set folder of the hub), or onnx " +
          "(a classifier, with its preprocessing inside)",
        FORMATS,
      ),
    ),
    out: value("<path>", "where to (default: inside the run)"),
    ...classifierOptions,
    ...dataOptions,
    ...executionOptions,
  },
  examples: [
    ["datadam export runs/c10 --to pt", "for torch.load, and a loader beside it"],
    ["datadam export runs/c10 --to onnx", "a trained classifier: pixels in, probabilities out"],
  ],
  async run({ to, out, workers, device, ...flags }, ui, [run]) {
    if (to === "onnx") {
      const { exportClassifier } = await import("../exports/classifier.ts");
      const own = Object.fromEntries(Object.keys(classifierOptions).map((key) => [key, flags[key as never]]));
      return exportClassifier(run!, { ...dataFlags(flags), ...own, out, workers, device }, ui);
    }
    const given = Object.keys({ ...classifierOptions, ...dataOptions }).filter(
      (key) => flags[key as keyof typeof flags] !== undefined,
    );
    if (given.length > 0 || workers !== undefined || device !== undefined) {
      const names = [
        ...given,
        ...(workers === undefined ? [] : ["workers"]),
        ...(device === undefined ? [] : ["device"]),
      ];
      throw new DatadamError("INVALID_OPTION", `\`${names[0]}\` goes with --to onnx: other formats train nothing`);
    }
    const { exportSet } = await import("../exporting.ts");
    await exportSet(run!, { to, out }, ui);
  },
});
