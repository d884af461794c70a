// All kinds of jobs. A new one is a file beside this, and one line here.

import type { Kind } from "../types.ts";
import { distillKind } from "./distill.ts";

export const kinds: readonly Kind[] = [distillKind as unknown as Kind];
