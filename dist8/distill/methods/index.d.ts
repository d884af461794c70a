import type { MethodName } from "../config.ts";
import type { MakeMethod } from "../method.ts";
export declare const methods: Readonly<Record<MethodName, MakeMethod>>;
//# sourceMappingURL=index.d.ts.map