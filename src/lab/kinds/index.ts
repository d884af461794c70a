// All kinds of jobs. A new one is a file beside this, and one line here.

export { distillKind } from "./distill.ts";
export { evaluateKind } from "./evaluate.ts";
export { selectKind } from "./select.ts";
export { tableKind } from "./table.ts";
export { trainKind } from "./train.ts";
