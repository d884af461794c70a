// All kinds of jobs. A new one is a file beside this, and one line here.

import type { Kind } from "../types.ts";
import { distillKind } from "./distill.ts";
import { evaluateKind } from "./evaluate.ts";
import { selectKind } from "./select.ts";
import { tableKind } from "./table.ts";
import { trainKind } from "./train.ts";

export const kinds: readonly Kind[] = [
  distillKind as unknown as Kind,
  evaluateKind as unknown as Kind,
  selectKind as unknown as Kind,
  tableKind as unknown as Kind,
  trainKind as unknown as Kind,
];
