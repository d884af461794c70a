// All commands. A new one is a file beside this, and one line here.

export { ablateCommand } from "./ablate.ts";
export { bankCommand } from "./banks/bank.ts";
export { benchCommand } from "./bench.ts";
export { collectCommand } from "./cluster/collect.ts";
export { statusCommand } from "./cluster/status.ts";
export { submitCommand } from "./cluster/submit.ts";
export { workerCommand } from "./cluster/worker.ts";
export { dataCommand } from "./data.ts";
export { demoCommand } from "./demo.ts";
export { distillCommand } from "./distill.ts";
export { doctorCommand } from "./doctor.ts";
export { evaluateCommand } from "./evaluate.ts";
export { exportCommand } from "./export.ts";
export { keysCommand } from "./keys.ts";
export { mergeCommand } from "./merge.ts";
export { reportCommand } from "./pages/report.ts";
export { watchCommand } from "./pages/watch.ts";
export { planCommand } from "./plan.ts";
export { runCommand } from "./run.ts";
export { selectCommand } from "./select.ts";
export { completionCommand } from "./shell/completion.ts";
export { tableCommand } from "./table.ts";
export { trainCommand } from "./train.ts";
export { continualCommand } from "./uses/continual.ts";
export { nasCommand } from "./uses/nas.ts";
export { replayCommand } from "./uses/replay.ts";
