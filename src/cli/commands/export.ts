// `datadam export RUN --to png|safetensors|npz|pt`: the distilled images for other programs.

import { choice, command, required, value } from "../command.ts";

export const exportCommand = command({
  name: "export",
  summary: "write the distilled images for other programs",
  argument: ["<run>", "run directory"],
  options: {
    to: required(
      choice("<format>", "png (a folder a class), safetensors, npz, or pt (PyTorch)", [
        "png",
        "safetensors",
        "npz",
        "pt",
      ]),
    ),
    out: value("<path>", "where to (default: inside the run)"),
  },
  examples: [["datadam export runs/c10 --to pt", "for torch.load"]],
  async run({ to, out }, ui, [run]) {
    const { exportSet } = await import("../exporting.ts");
    await exportSet(run!, { to, out }, ui);
  },
});
