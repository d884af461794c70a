// Worker thread of `createMultiplier`: answers `{ a, b, m, k, n }` with `{ result }` or `{ error }`, one at a time.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { Gate } from "./gate.js";
import { multiplyModel } from "./multiplyModel.js";
const gate = new Gate(workerData);
const sessions = new Map();
function session(dtype) {
    let found = sessions.get(dtype);
    if (!found) {
        // One thread keeps the order of every sum fixed; no arena, so that the memory of large results is given back.
        found = InferenceSession.create(multiplyModel(dtype), {
            intraOpNumThreads: 1,
            interOpNumThreads: 1,
            enableCpuMemArena: false,
        });
        sessions.set(dtype, found);
    }
    return found;
}
/** ONNX Runtime refuses tensors over shared memory. */
function unshared(matrix) {
    return matrix.buffer instanceof SharedArrayBuffer ? matrix.slice() : matrix;
}
async function multiply({ a, b, m, k, n }) {
    const dtype = a instanceof Float64Array ? "float64" : "float32";
    const run = await gate.pass(() => session(dtype));
    const feeds = { a: new Tensor(dtype, unshared(a), [m, k]), b: new Tensor(dtype, unshared(b), [n, k]) };
    const { c } = await gate.pass(() => run.run(feeds));
    return c.data.slice(); // ONNX Runtime owns its buffers: only a copy can be transferred
}
/** `null` ends the thread; then nothing is inside. */
parentPort?.on("message", (job) => {
    if (job === null) {
        parentPort?.close();
        return;
    }
    multiply(job).then((result) => post({ result }, [result.buffer]), (error) => post({ error: error instanceof Error ? error.message : String(error) }, []));
});
function post(reply, transfer) {
    parentPort?.postMessage(reply, transfer);
}
//# sourceMappingURL=multiplyWorker.js.map