// `datadam collect PLAN`: the whole, in its folder `result`.

import { command, flag } from "../../command.ts";

export const collectCommand = command({
  name: "collect",
  summary: "put the jobs of a plan together, in its folder result",
  argument: ["<plan>", "folder of the plan, or s3://BUCKET/PREFIX"],
  options: { wait: flag("wait until all jobs are done") },
  async run({ wait = false }, ui, [plan]) {
    const { collectPlan } = await import("../../cluster/looking.ts");
    await collectPlan(plan!, { wait }, ui);
  },
});
