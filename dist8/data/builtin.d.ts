import type { TestedDataset } from "../images/types.ts";
/** The letters A to J, 32 x 32 grey. @throws DatadamError IO or INVALID_DATA where the installation is damaged */
export declare function loadBuiltin(): Promise<TestedDataset>;
//# sourceMappingURL=builtin.d.ts.map