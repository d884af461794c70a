// All kinds of jobs. A new one is a file beside this, and one line here.

import type { Kind } from "../types.ts";
import { distillKind } from "./distill.ts";
import { evaluateKind } from "./evaluate.ts";

export const kinds: readonly Kind[] = [distillKind as unknown as Kind, evaluateKind as unknown as Kind];
