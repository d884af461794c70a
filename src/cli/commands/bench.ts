// `datadam bench`: what a step of each method costs.

import { METHOD_NAMES } from "../../distill/config/names.ts";
import { command, executionOptions, value } from "../command.ts";
import { assignment, integer, integerList, nameList } from "../parse.ts";

export const options = {
  ...executionOptions,
  method: value("<names>", `methods (default: ${METHOD_NAMES.join(",")})`, nameList(METHOD_NAMES)),
  ipc: value("<list>", "images per class (default: 1,10,50)", integerList(1)),
  repeats: value("<n>", "steps that are timed, after one that warms up (default: 3)", integer(1)),
  set: value(
    "<key=value>",
    "any configuration key, of the network for one, on top of each method's preset; repeatable",
    assignment,
  ),
  out: value("<file>", "write the result there as JSON too"),
};

export const benchCommand = command({
  name: "bench",
  summary: "what a step of each method costs: seconds and peak memory, on random images of CIFAR-10's size",
  options,
  async run(flags, ui) {
    const { runBench } = await import("../jobs/bench.ts");
    await runBench(flags, ui);
  },
});
