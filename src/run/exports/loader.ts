// The program beside an exported file of arrays, which loads it in PyTorch.

import type { SyntheticSet } from "../../images/index.ts";
import { PREPROCESSING_FILE } from "../codec.ts";
import type { ArrayFormat } from "./types.ts";

/** A Python module. */
export interface Loader {
  /** `load_export_npz.py` of `export.npz`: so that it can be imported. */
  readonly name: string;
  readonly text: string;
}

/** How each format is read: a dict of tensors. */
const READING: Readonly<Record<ArrayFormat, { readonly imports: string; readonly body: readonly string[] }>> = {
  npz: {
    imports: "import numpy",
    body: [
      "    with numpy.load(path) as file:",
      "        return {name: torch.from_numpy(file[name]) for name in file.files}",
    ],
  },
  pt: {
    imports: "",
    body: [
      '    file = torch.load(path, map_location="cpu")',
      '    images, labels = file["data"][0]',
      '    return {**file, "images": images, "labels": labels}',
    ],
  },
  safetensors: { imports: "", body: ["    return read_safetensors(path)"] },
};

/** The loader of an exported file. @param file its name, without folders */
export function loaderOf(file: string, format: ArrayFormat, set: SyntheticSet): Loader {
  const module = `load_${file.replaceAll(/\W/g, "_")}`;
  const whitened = set.preprocessing.zca !== undefined;
  const [channels, height, width] = set.shape;
  const image = `[${channels}, ${height}, ${width}]`;
  const binary = format === "safetensors" || whitened;
  const { imports, body } = READING[format];
  const lines = [
    '"""Loads a distilled set of images for PyTorch. It needs nothing else of datadam, which wrote it.',
    "",
    `    from ${module} import Distilled`,
    "    distilled = Distilled()",
    "    loader = torch.utils.data.DataLoader(distilled, batch_size=64, shuffle=True)",
    "",
    "What a network is tested on has to be prepared as the distilled images are: `distilled.prepare(pixels)`.",
    '"""',
    "",
    ...(binary ? ["import json", "import struct"] : []),
    "from pathlib import Path",
    "",
    ...(imports === "" ? [] : [imports]),
    "import torch",
    "",
    "# Where the set lies, and whether its images are whitened after they are normalised.",
    `FILE = Path(__file__).resolve().with_name(${python(file)})`,
    `WHITENED = ${whitened ? "True" : "False"}`,
    "CLASS_NAMES = [",
    ...set.classNames.map((name) => `    ${python(name)},`),
    "]",
    "",
    "",
    "class Distilled(torch.utils.data.Dataset):",
    `    """Images and labels: float32 ${image} as networks see them, and a class (int64).`,
    "",
    "    soft=True gives the probabilities of all classes (float32) instead of the class, where the file has them.",
    "    Attributes: images, labels, soft_labels (or None), pixels (uint8, as a person sees them), mean, std, classes.",
    '    """',
    "",
    "    def __init__(self, path=FILE, soft=False):",
    "        self.path = Path(path)",
    "        arrays = read(self.path)",
    '        self.images, self.labels, self.pixels = arrays["images"], arrays["labels"], arrays["pixels"]',
    '        self.mean, self.std = (arrays[name].view(-1, 1, 1) for name in ("mean", "std"))',
    '        self.soft_labels = arrays.get("soft_labels")',
    "        self.classes = CLASS_NAMES",
    "        if soft and self.soft_labels is None:",
    '            raise ValueError(f"{self.path} has no soft labels")',
    "        self.targets = self.soft_labels if soft else self.labels",
    "",
    "    def __len__(self):",
    "        return len(self.labels)",
    "",
    "    def __getitem__(self, index):",
    "        return self.images[index], self.targets[index]",
    "",
    `    def prepare(self, pixels${whitened ? ", whitening=None" : ""}):`,
    `        """Pixels (uint8 [n, ${channels}, ${height}, ${width}]) as the networks see them: float32, normalised` +
      (whitened ? " and whitened." : "."),
    ...(whitened
      ? ["", `        whitening: the run's ${PREPROCESSING_FILE}. Default: the file of that name beside the set.`]
      : []),
    '        """',
    "        x = (pixels.float() / 255 - self.mean) / self.std",
    ...(whitened
      ? [
          `        path = Path(whitening or self.path.with_name(${python(PREPROCESSING_FILE)}))`,
          "        if not path.is_file():",
          `            raise FileNotFoundError(f"{path}: give the run's ${PREPROCESSING_FILE} as whitening")`,
          "        zca = read_safetensors(path)",
          '        flat = x.flatten(1) - zca["zca.mean"]',
          '        return (flat @ zca["zca.whiten"]).view_as(x)',
        ]
      : ["        return x"]),
    "",
    "",
    "def read(path):",
    ...body,
    ...(binary
      ? [
          "",
          "",
          "def read_safetensors(path):",
          '    """A length, a JSON header of that many bytes, then the arrays one after another."""',
          "    data = Path(path).read_bytes()",
          '    start = 8 + struct.unpack("<Q", data[:8])[0]',
          "    header, buffer = json.loads(data[8:start]), bytearray(data[start:])",
          '    header.pop("__metadata__", None)',
          '    types = {"F32": torch.float32, "I64": torch.int64, "U8": torch.uint8}',
          "    tensors = {}",
          "    for name, entry in header.items():",
          '        begin, end = entry["data_offsets"]',
          '        tensor = torch.frombuffer(buffer[begin:end], dtype=types[entry["dtype"]])',
          '        tensors[name] = tensor.reshape(entry["shape"])',
          "    return tensors",
        ]
      : []),
    "",
    "",
    'if __name__ == "__main__":',
    "    distilled = Distilled()",
    '    print(f"{len(distilled)} images of {len(CLASS_NAMES)} classes: {tuple(distilled.images.shape)}")',
    "",
  ];
  return { name: `${module}.py`, text: lines.join("\n") };
}

/** Text as a Python literal, in ASCII. */
function python(text: string): string {
  const escaped = Array.from(text, (char) => {
    const code = char.codePointAt(0)!;
    if (char === '"' || char === "\\") return `\\${char}`;
    if (code >= 0x20 && code < 0x7f) return char;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped.join("")}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
