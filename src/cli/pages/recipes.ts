// Lines of a report to copy: how a run is made again, and how its images are used.

import type { Recipe, ReportRun } from "../../pages/index.ts";

/** @param path of the run, as it was given. */
export function recipesOf(path: string, { job, factor }: ReportRun): Recipe[] {
  const run = quotedWord(path);
  const again = `# job.json is below, and in the run\nnpx datadam run job.json --out again\nnpx datadam evaluate again`;
  return [
    ...(job === undefined ? [] : [{ title: "Make it again", text: again }]),
    {
      title: "In PyTorch",
      text: `# npx datadam export ${run} --to pt --out images.pt
import torch

file = torch.load("images.pt")
images, labels = file["data"][0]  # as networks see them
pixels, names = file["pixels"], file["classNames"]${factor > 1 ? "  # the small images are enlarged" : ""}`,
    },
    {
      title: "In TypeScript",
      text: `import { readSyntheticSet } from "datadam";

const { images, labels, shape, classNames } = readSyntheticSet(${JSON.stringify(path)});`,
    },
    {
      title: "In a browser",
      text: `import { decodeSafetensors } from "datadam/formats";

// npx datadam export ${run} --to safetensors --out images.safetensors
const file = await fetch("images.safetensors");
const { tensors } = decodeSafetensors(new Uint8Array(await file.arrayBuffer()));
const pixels = tensors.pixels.data; // uint8 [n, c, h, w]`,
    },
  ];
}

/** A word of a shell. */
function quotedWord(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
