import { type DistillFlags } from "./commands/distill.ts";
import type { Settings } from "./settings.ts";
import type { Ui } from "./ui.ts";
/**
 * Begins the run of a folder where there is none, goes on with it where it was stopped, does nothing where it is at its end.
 *
 * @throws DatadamError INVALID_OPTION where the folder's run is of another configuration.
 */
export declare function finishRun(folder: string, flags: DistillFlags, settings: Settings, ui: Ui): Promise<void>;
//# sourceMappingURL=finish.d.ts.map