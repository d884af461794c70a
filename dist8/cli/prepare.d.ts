import type { SettledConfig } from "../distill/config.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "../images/types.ts";
import type { Ui } from "./ui.ts";
/** @param known preprocessing to use as it is, e.g. that of a run that goes on or of the set under test. */
export declare function prepareSource(set: ImageSet, config: Pick<SettledConfig, "zca" | "zcaEps">, ui: Ui, workers: {
    workers?: number;
}, known?: Preprocessing): Promise<PreparedSet>;
//# sourceMappingURL=prepare.d.ts.map