// `datadam status PLAN`: what became of its jobs.

import { command } from "../../command.ts";

export const statusCommand = command({
  name: "status",
  summary: "what of a plan is done, running, lost or failed, and why",
  argument: ["<plan>", "folder of the plan, or s3://BUCKET/PREFIX"],
  options: {},
  async run(_, ui, [plan]) {
    const { printStatus } = await import("../../cluster/looking.ts");
    await printStatus(plan!, ui);
  },
});
