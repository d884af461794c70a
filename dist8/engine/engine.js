// A pool of worker threads that run programs. Any worker may take any task: results do not depend on which.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DatadamError } from "../errors.js";
import { microBatches } from "./backends.js";
import { Gate, holdExit } from "./gate.js";
/** Two tasks a worker: the next one's arrays are already there when it finishes one. */
const DEPTH = 2;
/** Bindings a worker holds: an iteration's, and the next one's. */
const BINDINGS = 2;
class Pool {
    device;
    workers;
    microBatch;
    forwardBatch;
    #members;
    #waiting = [];
    #closed = false;
    constructor(device, workers) {
        this.device = device;
        this.workers = workers;
        ({ gradient: this.microBatch, forward: this.forwardBatch } = microBatches(device));
        this.#members = Array.from({ length: workers }, () => new Member(device, () => this.#dispatch()));
    }
    async run(program, feeds, binding) {
        check(program, feeds, binding);
        return this.#submit(program, binding, (id, target) => ({ kind: "run", id, target, feeds }));
    }
    async sum(program, common, batches, binding) {
        for (const batch of batches)
            check(program, { ...common, ...batch }, binding);
        return this.#submit(program, binding, (id, target) => ({ kind: "sum", id, target, common, batches }));
    }
    async gradients({ program, ...task }) {
        checkPlaces(program, task);
        await this.#submit(program, undefined, (id, target) => ({ kind: "gradients", id, target, task }));
    }
    async descend(task) {
        await this.#submit(undefined, undefined, (id) => ({ kind: "descend", id, task }));
    }
    #submit(program, binding, message) {
        if (this.#closed)
            return Promise.reject(new Error("engine: closed"));
        return new Promise((resolve, reject) => {
            this.#waiting.push({
                program,
                binding: program === undefined || program.bound.length === 0 ? undefined : binding,
                message,
                resolve,
                reject,
            });
            this.#dispatch();
        });
    }
    #dispatch() {
        while (this.#waiting.length > 0) {
            const member = this.#members.reduce((a, b) => (b.load < a.load ? b : a));
            if (member.load >= DEPTH)
                return;
            member.take(this.#waiting.shift());
        }
    }
    async close() {
        this.#closed = true;
        for (const task of this.#waiting.splice(0))
            task.reject(new Error("engine: closed"));
        await Promise.all(this.#members.map((member) => member.close()));
    }
}
class Member {
    #worker;
    #exited;
    #gate = new Gate();
    #pending = new Map();
    #programs = new Set();
    /** Bindings the worker holds, oldest first. */
    #bindings = new Set();
    #next = 0;
    /** Why the worker takes no more tasks. */
    #ended;
    constructor(device, idle) {
        // Threads do not pass through a test runner's TypeScript loader: from the source tree, the built file is used.
        const file = import.meta.url.endsWith(".ts") ? "../../dist/engine/worker.js" : "./worker.js";
        const setup = { device, gate: this.#gate.memory };
        // No flags of the process: some of them (--input-type, a loader) do not fit a thread.
        this.#worker = new Worker(new URL(file, import.meta.url), { workerData: setup, execArgv: [] });
        this.#worker.on("message", (reply) => {
            const task = this.#pending.get(reply.id);
            if (task === undefined)
                return; // closed
            this.#pending.delete(reply.id);
            if (this.#pending.size === 0)
                this.#worker.unref();
            if ("error" in reply)
                task.reject(revive(reply.error));
            else
                task.resolve(reply.outputs);
            idle();
        });
        const end = (error) => {
            this.#end(error);
            idle();
        };
        this.#worker.on("error", (cause) => {
            end(new DatadamError("BACKEND_UNAVAILABLE", `A worker thread failed: ${cause.message}`, { cause }));
        });
        this.#worker.on("exit", (code) => end(new Error(`engine: a worker thread ended with exit code ${code}`)));
        this.#exited = new Promise((resolve) => this.#worker.once("exit", resolve));
        this.#exited.then(holdExit(this.#gate));
        // After the listeners: adding one for messages makes the worker hold the process again.
        this.#worker.unref();
    }
    get load() {
        return this.#pending.size;
    }
    take(task) {
        if (this.#ended !== undefined) {
            task.reject(this.#ended);
            return;
        }
        const id = this.#next++;
        const target = this.#target(task);
        this.#pending.set(id, task);
        this.#worker.ref();
        this.#post(task.message(id, target));
    }
    /** What the worker needs to know for the task, which it then knows. */
    #target({ program, binding }) {
        const id = program?.id ?? "";
        const target = {
            program: id,
            ...(program === undefined || this.#programs.has(id) ? {} : { source: program }),
            ...(binding === undefined ? {} : { binding: binding.id }),
            ...(binding === undefined || this.#bindings.has(binding.id) ? {} : { values: binding.values }),
        };
        this.#programs.add(id);
        if (binding !== undefined && !this.#bindings.has(binding.id)) {
            this.#bindings.add(binding.id);
            const [oldest] = this.#bindings;
            if (this.#bindings.size > BINDINGS) {
                this.#bindings.delete(oldest);
                this.#post({ kind: "forget", binding: oldest });
            }
        }
        return target;
    }
    #post(request) {
        this.#worker.postMessage(request);
    }
    #end(error) {
        this.#ended ??= error;
        for (const task of this.#pending.values())
            task.reject(this.#ended);
        this.#pending.clear();
    }
    /** Rejects at once what is not done. The thread ends by itself, after the run that it is in. */
    async close() {
        this.#end(new Error("engine: closed"));
        this.#gate.shut();
        this.#worker.ref();
        this.#post({ kind: "close" });
        await this.#exited;
    }
}
function revive({ code, message, hint, }) {
    if (code === undefined)
        return new Error(message);
    return new DatadamError(code, message, hint === undefined ? {} : { hint });
}
function check(program, feeds, binding) {
    const inspect = ({ name, shape }, data) => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        if (data === undefined)
            throw new TypeError(`program ${program.name}: input "${name}" is missing`);
        if (data.length !== size) {
            throw new RangeError(`program ${program.name}: input "${name}" [${shape.join(", ")}] needs ${size} numbers, got ${data.length}`);
        }
    };
    for (const signature of program.inputs)
        inspect(signature, feeds[signature.name]);
    for (const signature of program.bound)
        inspect(signature, binding?.values[signature.name]);
}
function checkPlaces(program, { state, runs, totals }) {
    if (program.bound.length > 0)
        throw new TypeError(`program ${program.name}: bound inputs cannot be trained`);
    for (const run of runs) {
        for (const { name } of program.inputs) {
            if (state.places[name] === undefined && run[name] === undefined) {
                throw new TypeError(`program ${program.name}: input "${name}" is missing`);
            }
        }
    }
    for (const { name } of program.outputs) {
        if (totals.places[name] === undefined) {
            throw new TypeError(`program ${program.name}: output "${name}" has no place`);
        }
    }
}
/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not a positive integer.
 */
export async function createEngine({ device = "cpu", workers } = {}) {
    const count = workers ?? (device === "cpu" ? availableParallelism() : 1);
    if (!Number.isInteger(count) || count < 1 || count > 1024) {
        throw new DatadamError("INVALID_OPTION", `workers must be a positive integer, got ${count}`);
    }
    if (device === "webgpu" && count > 1) {
        throw new DatadamError("INVALID_OPTION", `webgpu takes one worker, got ${count}`, {
            hint: "ONNX Runtime's WebGPU provider must be used from one thread at a time.",
        });
    }
    if (!["cpu", "webgpu", "cuda"].includes(device)) {
        throw new DatadamError("INVALID_OPTION", `unknown device "${device}"`, { hint: "Known: cpu, webgpu, cuda." });
    }
    return new Pool(device, count);
}
//# sourceMappingURL=engine.js.map