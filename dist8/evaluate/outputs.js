// What a network says of many images: features or logits, a micro-batch after the other.
import { checkParameters, initialBuffers } from "../nn/index.js";
import { outputProgram } from "./programs.js";
/** Micro-batches that are read before the first of them is done: enough to keep every worker busy. */
const AHEAD = 8;
let bindings = 0;
/**
 * Features or logits of `count` images, with running statistics where there are some: float32 `[count, d]`. Numbers depend on
 * the images and the parameters only, not on the number of workers.
 *
 * @throws RangeError where the parameters do not fit the network.
 */
export async function networkOutputs(options) {
    const { network, parameters, what, engine, read, count, signal, onProgress } = options;
    const arrays = { ...initialBuffers(network), ...parameters };
    const binding = { id: `outputs${bindings++}`, values: checkParameters(network, arrays) };
    const programs = new Map();
    const programFor = (length) => {
        const program = programs.get(length) ?? outputProgram(network, length, what);
        programs.set(length, program);
        return program;
    };
    const batch = engine.forwardBatch;
    const width = programFor(Math.min(batch, Math.max(1, count))).outputs[0].shape[1];
    const data = (options.allocate ?? ((length) => new Float32Array(length)))(count * width);
    let next = 0;
    let done = 0;
    const lane = async () => {
        while (next < count) {
            signal?.throwIfAborted();
            const start = next;
            const length = Math.min(batch, count - start);
            next += length;
            const { output } = await engine.run(programFor(length), { images: read(start, length) }, binding);
            data.set(output, start * width);
            done += length;
            onProgress?.(done);
        }
    };
    await Promise.all(Array.from({ length: AHEAD * engine.workers }, lane));
    return { data, width };
}
//# sourceMappingURL=outputs.js.map