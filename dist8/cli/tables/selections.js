// Rows of chosen real images.
import { createEngine } from "../../engine/index.js";
import { select } from "../../select/index.js";
export async function choose(set, selection, { workers, device }, { reporter }) {
    const engine = await createEngine({
        ...(workers === undefined ? {} : { workers }),
        ...(device === undefined ? {} : { device }),
    });
    try {
        return await select(set, {
            ...selection,
            engine,
            onProgress: ({ stage, done }) => reporter.progress({ stage, done, total: 1 }),
        });
    }
    finally {
        reporter.end();
        await engine.close();
    }
}
//# sourceMappingURL=selections.js.map