// All kinds of jobs. A new one is a file beside this, and one line here.

import type { Kind } from "../types.ts";
import { benchKind } from "./bench/index.ts";
import { continualKind } from "./continual/index.ts";
import { dataKind } from "./data.ts";
import { distillKind } from "./distill.ts";
import { evaluateKind } from "./evaluate.ts";
import { nasKind } from "./nas/index.ts";
import { replayKind } from "./replay.ts";
import { selectKind } from "./select.ts";
import { tableKind } from "./table.ts";
import { trainKind } from "./train.ts";

const all: unknown[] = [
  ...[distillKind, evaluateKind, selectKind, trainKind, tableKind],
  ...[nasKind, continualKind, replayKind, benchKind, dataKind],
];

export const kinds: readonly Kind[] = all as Kind[];
