// `datadam evaluate RUN|FILE`: how well networks do that were trained on nothing but the distilled set.

import { architectureNames, NORMS } from "../../nn/index.ts";
import { DISTANCE_METHODS } from "../../select/names.ts";
import {
  choice,
  command,
  dataFlags,
  dataOptions,
  executionOptions,
  flag,
  logOption,
  planOption,
  unless,
  value,
} from "../command.ts";
import { integer, nameList, positive } from "../parse.ts";

const PROTOCOLS =
  "quick (default), dm, official, paper, eccv2024, dc-bench (with DSA; -none, -autoaugment, " +
  "-randaugment, -imagenet: others), idc, quick-idc, encoder or whole";

export const evaluateCommand = command({
  name: "evaluate",
  summary: "train fresh networks on a distilled set and test them",
  argument: [
    "<run>",
    "run directory; or, with --dataset, a set of another program: .pt, .npz, .safetensors, a folder of class folders",
  ],
  options: {
    ...dataOptions,
    ...executionOptions,
    networks: value("<n>", "fresh networks to train", integer(1)),
    protocol: value("<name>", PROTOCOLS),
    arch: value(
      "<names>",
      `networks, a row each (default: as in distillation): ${architectureNames.join(", ")}`,
      nameList(),
    ),
    pool: value("<name>", "a pool of networks instead: widths, depths, activations, poolings, norms, architectures"),
    norm: value(
      "<names>",
      `normalisations of the networks, a row each (default: as in distillation): ${NORMS.join(", ")}`,
      nameList(NORMS),
    ),
    seed: value("<n>", "seed of the networks (default: that of the run)", integer(0)),
    space: choice(
      "<name>",
      "what the float images of another program's set are: normalized by the data set's mean and std " +
        "(default), ZCA-whitened after that, or pixels in [0, 1] or [0, 255]",
      ["normalized", "zca", "pixels"],
    ),
    softLabels: value(
      "<file>",
      "train both rows on what a teacher says: the state_dict of its network, safetensors or .pt, a " +
        "ConvNet's where datadam train did not write it; a bank, for its most trained network; or stored, those that " +
        "the set carries",
    ),
    temperature: value("<t>", "of the teacher's softmax (default: 1)", positive),
    random: unless("leave out the row of random real images"),
    select: choice(
      "<name>",
      "a row of as many real images, chosen to stand for all (default: k-means beside what was distilled from no " +
        "more pixels than those of CIFAR-10's 50,000 images, none elsewhere)",
      [...DISTANCE_METHODS, "none"],
    ),
    whole: flag("a row of the whole training part too: one network, 30 epochs"),
    log: logOption,
    plan: planOption,
  },
  examples: [
    ["datadam evaluate runs/c10", "a run, beside random real images"],
    ["datadam evaluate runs/c10 --networks 5 --arch convnet,resnet18", "five networks of each kind"],
    ["datadam evaluate theirs.pt --dataset cifar10", "a set of another program"],
  ],
  async run(flags, ui, [set]) {
    const { networks, protocol, arch, pool, norm, seed, space, softLabels, temperature, random, select, whole } = flags;
    const { workers, device, log } = flags;
    const { evaluateJob, planEvaluation, runEvaluation } = await import("../jobs/evaluating.ts");
    const { printEvaluations } = await import("../jobs/printEvaluations.ts");
    const what = { networks, protocol, arch, pool, norm, seed, space, softLabels, temperature, random, select, whole };
    const where = { ...dataFlags(flags), workers, device, log };
    const value = await evaluateJob(set!, { ...what, ...where });
    if (flags.plan) await planEvaluation(value, ui);
    else printEvaluations(set!, await runEvaluation(value, ui), ui);
  },
});
