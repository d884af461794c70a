// All kinds of jobs. A new one is a file beside this, and one line here.

export { bankKind } from "./bank.ts";
export { benchKind } from "./bench/index.ts";
export { classifierKind } from "./classifier.ts";
export { continualKind } from "./continual/index.ts";
export { dataKind } from "./data.ts";
export { distillKind } from "./distill/index.ts";
export { evaluateKind } from "./evaluate/index.ts";
export { nasKind } from "./nas/index.ts";
export { replayKind } from "./replay.ts";
export { selectKind } from "./select.ts";
export { tableKind } from "./table.ts";
export { trainKind } from "./train.ts";
