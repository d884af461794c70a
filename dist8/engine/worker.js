// A worker thread: compiles programs into ONNX Runtime sessions, once each, and runs them. ONNX Runtime blocks the
// calling thread, so it lives here and nowhere else.
import { parentPort, workerData } from "node:worker_threads";
import { DatadamError } from "../errors.js";
import { compileError, isUnsupported, sessionOptions, unavailable } from "./backends.js";
import { bindConstants, bindInputs } from "./bind.js";
import { Gate } from "./gate.js";
import { firstRefused } from "./unsupported.js";
import { Workspaces } from "./workspace.js";
const port = parentPort;
const { device, gate: memory } = workerData;
const gate = new Gate(memory);
let runtime;
/** Programs by id, each with its sessions by binding ("" where there is none, or where bound values are fed). */
const programs = new Map();
const bindings = new Map();
function loadRuntime() {
    runtime ??= import("onnxruntime-node").then((loaded) => {
        loaded.env.logLevel = "fatal";
        return loaded;
    }, (cause) => {
        throw unavailable("cpu", cause);
    });
    return runtime;
}
async function open(program, values) {
    const { InferenceSession } = await loadRuntime();
    const model = device === "cpu" && values !== undefined ? bindConstants(program, values) : bindInputs(program);
    try {
        return await gate.pass(() => InferenceSession.create(model, sessionOptions(device)));
    }
    catch (cause) {
        const operation = isUnsupported(cause) ? await firstRefused(model, accepts) : undefined;
        throw compileError(device, program.name, cause, operation);
    }
}
async function accepts(model) {
    const { InferenceSession } = await loadRuntime();
    try {
        await gate.pass(async () => (await InferenceSession.create(model, sessionOptions(device))).release());
        return true;
    }
    catch (cause) {
        if (isUnsupported(cause))
            return false;
        throw cause;
    }
}
async function find({ program: id, source, binding, values }) {
    if (source !== undefined && !programs.has(id))
        programs.set(id, { program: source, sessions: new Map() });
    if (binding !== undefined && values !== undefined)
        bindings.set(binding, owned(values));
    const { program, sessions } = programs.get(id);
    const bound = binding === undefined ? undefined : bindings.get(binding);
    const key = device === "cpu" ? (binding ?? "") : "";
    let session = sessions.get(key);
    if (session === undefined) {
        session = open(program, bound);
        sessions.set(key, session);
    }
    return { program, session: await session, fed: device === "cpu" ? {} : (bound ?? {}) };
}
/** Frees the sessions of a binding that will not be used again. */
async function forget(binding) {
    bindings.delete(binding);
    for (const { sessions } of programs.values()) {
        const session = sessions.get(binding);
        sessions.delete(binding);
        await session?.then((opened) => gate.pass(() => opened.release()), () => undefined);
    }
}
/** Without shared memory, which ONNX Runtime does not take. */
function owned(feeds) {
    return Object.fromEntries(Object.entries(feeds).map(([name, data]) => [
        name,
        data.buffer instanceof SharedArrayBuffer ? new Float32Array(data) : data,
    ]));
}
/** @param into where outputs are to go, in memory that is not shared. Default: memory of ONNX Runtime, to be copied. */
async function execute({ program, session, fed }, feeds, into) {
    const { Tensor } = await loadRuntime();
    const tensors = {};
    for (const { name, shape } of program.inputs)
        tensors[name] = new Tensor("float32", feeds[name], shape);
    if (device !== "cpu") {
        for (const { name, shape } of program.bound)
            tensors[name] = new Tensor("float32", fed[name], shape);
    }
    const fetches = Object.fromEntries(program.outputs.map(({ name, shape }) => [name, into ? new Tensor("float32", into[name], shape) : null]));
    const results = await gate.pass(() => session.run(tensors, fetches));
    const outputs = {};
    for (const { name } of program.outputs)
        outputs[name] = results[name].data;
    return outputs;
}
const workspaces = new Workspaces();
async function handle(request) {
    if (request.kind === "descend") {
        workspaces.descend(request.task);
        return {};
    }
    const ready = await find(request.target);
    if (request.kind === "gradients") {
        await workspaces.gradients(ready.program, request.task, (feeds, outputs) => execute(ready, feeds, outputs));
        return {};
    }
    const { program } = ready;
    const common = owned(request.kind === "run" ? request.feeds : request.common);
    if (request.kind === "run" || request.batches.length === 1) {
        const outputs = await execute(ready, request.kind === "run" ? common : { ...common, ...request.batches[0] });
        // ONNX Runtime owns these buffers: copies can be transferred.
        return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]));
    }
    const totals = new Map(program.outputs.map(({ name, shape }) => [name, new Float64Array(shape.reduce((p, e) => p * e, 1))]));
    for (const batch of request.batches) {
        const outputs = await execute(ready, { ...common, ...batch });
        for (const [name, total] of totals) {
            const part = outputs[name];
            for (let i = 0; i < total.length; i++)
                total[i] += part[i];
        }
    }
    return Object.fromEntries([...totals].map(([name, total]) => [name, new Float32Array(total)]));
}
function serialize(error) {
    if (error instanceof DatadamError)
        return { code: error.code, message: error.message, hint: error.hint };
    return { code: undefined, message: error instanceof Error ? error.message : String(error), hint: undefined };
}
let queue = Promise.resolve();
port.on("message", (request) => {
    if (request.kind === "close") {
        queue = queue.then(() => port.close());
        return;
    }
    queue = queue.then(async () => {
        if (request.kind === "forget")
            return forget(request.binding);
        try {
            const outputs = await handle(request);
            const reply = { id: request.id, outputs };
            port.postMessage(reply, Object.values(outputs).map((data) => data.buffer));
        }
        catch (error) {
            const reply = { id: request.id, error: serialize(error) };
            port.postMessage(reply);
        }
    });
});
//# sourceMappingURL=worker.js.map