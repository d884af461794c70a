// `datadam train`: one network trained on a whole set, the row that every distilled set is measured against.

import { join } from "node:path";
import { PARAMETERS_FILE } from "../../run/index.ts";
import { show } from "../folders.ts";
import { duration } from "../reporter.ts";
import { resumeTraining, startTraining, type TrainFlags } from "../training.ts";
import type { Ui } from "../ui.ts";

export async function trainCommand(flags: TrainFlags, ui: Ui): Promise<void> {
  const { directory, result } =
    flags.resume === undefined ? await startTraining(flags, ui) : await resumeTraining(flags.resume, flags, ui);
  const parameters = join(directory, PARAMETERS_FILE);
  ui.result(
    `${result.network.name} on all ${result.images} images: ${result.accuracy.toFixed(1)} % of ${result.count} test images, ${duration(result.seconds)}\n${show(parameters)}`,
    { run: directory, parameters, ...result },
  );
}
