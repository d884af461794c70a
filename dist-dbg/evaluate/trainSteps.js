// A few training steps as a function of arrays: the seam at which training is checked against other implementations.
import { createEngine } from "../engine/index.js";
import { checkParameters } from "../nn/index.js";
import { Trainer } from "./trainer.js";
/** SGD with momentum and weight decay (PyTorch's) on mean cross-entropy, one step a batch, no augmentation. */
export async function trainSteps(options) {
    const { network, batches } = options;
    checkParameters(network, options.parameters);
    const engine = options.engine ?? (await createEngine());
    try {
        const trainer = new Trainer(network, { ...options.parameters, ...options.buffers }, engine);
        const losses = [];
        for (const { images, labels } of batches)
            losses.push(await trainer.step(images.data, labels, options));
        const named = (specs, data) => Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: data[name] }]));
        return {
            parameters: named(network.parameters, trainer.parameters),
            buffers: named(network.buffers, trainer.buffers),
            losses,
        };
    }
    finally {
        if (options.engine === undefined)
            await engine.close();
    }
}
//# sourceMappingURL=trainSteps.js.map