// `datadam merge A B --out C`: shards of classes as one run.
import { join, resolve } from "node:path";
import { mergeRuns, SYNTHETIC_FILE } from "../../run/index.js";
export async function mergeCommand(directories, { out }, ui) {
    const set = mergeRuns(directories, out);
    const run = resolve(out);
    ui.result(`${join(out, SYNTHETIC_FILE)}: ${set.labels.length} images of ${set.classNames.length} classes`, {
        run,
        synthetic: join(run, SYNTHETIC_FILE),
        grid: join(run, "grid.png"),
        images: set.labels.length,
        iteration: set.provenance.iteration,
    });
}
//# sourceMappingURL=merge.js.map