// What each device needs of ONNX Runtime, and whether it is here.
import { DatadamError } from "../errors.js";
/** The CUDA and WebGPU providers are asked to refuse what they lack, so that it shows when a program is compiled. */
const NO_FALLBACK = { session: { disable_cpu_ep_fallback: "1" } };
/** Only what ends the process is logged: errors are thrown, and standard error belongs to the caller. */
const SILENT = 4;
/** One thread a session keeps sums in one order; parallelism comes from several workers. */
const CPU = {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: SILENT,
};
export function sessionOptions(device) {
    if (device === "cpu")
        return CPU;
    return { executionProviders: [device], extra: NO_FALLBACK, logSeverityLevel: SILENT, graphOptimizationLevel: "all" };
}
/**
 * Images at once, with gradients and without. On a CPU 16 amortise what is done once for each weight gradient, and 4
 * keep a forward pass in a core's second-level cache (12 % faster than 16); a GPU wants whole batches.
 */
export function microBatches(device) {
    return device === "cpu" ? { gradient: 16, forward: 4 } : { gradient: 256, forward: 256 };
}
/** Messages of a provider that is not in this build, or finds no library, driver or device. */
const UNAVAILABLE = /no available backend|backend not found|cannot open shared object|Failed to load (shared )?library|WebGPU adapter|no CUDA-capable device|driver version is insufficient/i;
/** Whether ONNX Runtime's message of a failed compilation says that the device lacks an operation. */
export function isUnsupported(cause) {
    return /fallback to CPU EP has been explicitly disabled|Could not find an implementation|NOT_IMPLEMENTED/i.test(messageOf(cause));
}
function messageOf(cause) {
    return cause instanceof Error ? cause.message : String(cause);
}
/**
 * Turns ONNX Runtime's message of a failed compilation into what a user can act on.
 *
 * @param operation ONNX operator that the device lacks, where {@link isUnsupported} and known.
 */
export function compileError(device, program, cause, operation) {
    const message = messageOf(cause);
    if (isUnsupported(cause)) {
        const what = operation === undefined ? message : `it lacks the operation ${operation}`;
        return new DatadamError("UNSUPPORTED_OPERATION", `The ${device} back end cannot run program ${program}: ${what}.`, {
            hint: "Use --device cpu.",
            cause,
        });
    }
    if (device !== "cpu" && UNAVAILABLE.test(message))
        return unavailable(device, cause);
    return new DatadamError("UNSUPPORTED_OPERATION", `Compiling program ${program} for ${device} failed: ${message}`, {
        cause,
    });
}
export function unavailable(device, cause) {
    const hints = {
        cpu: "Install the engine: npm install onnxruntime-node",
        webgpu: "WebGPU needs a Vulkan, Metal or Direct3D 12 driver. Without a GPU, use --device cpu.",
        cuda: "Install CUDA 12 and cuDNN 9, then ONNX Runtime's CUDA libraries with the package's own script: " +
            "node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12",
    };
    // ONNX Runtime puts the failed line of its source before what it has to say.
    const message = messageOf(cause)
        .split("\n")[0]
        .replace(/^\/\S+:\d+ .* was false\. /, "");
    return new DatadamError("BACKEND_UNAVAILABLE", `Device ${device} cannot be used here: ${message.trim()}`, {
        hint: hints[device],
        cause,
    });
}
/** Tries every device with a one-node program, each in a worker of its own. */
export async function probeBackends() {
    const { createEngine } = await import("./engine.js");
    const { compile, input, relu } = await import("../tensor/index.js");
    const program = compile("probe", { y: relu(input("x", [1, 4])) });
    const reports = [];
    for (const device of ["cpu", "webgpu", "cuda"]) {
        try {
            const engine = await createEngine({ device, workers: 1 });
            try {
                await engine.run(program, { x: Float32Array.of(-1, 0, 1, 2) });
            }
            finally {
                await engine.close();
            }
            reports.push({ device, available: true, detail: "works" });
        }
        catch (error) {
            const hint = error instanceof DatadamError && error.hint !== undefined ? `. ${error.hint}` : "";
            reports.push({ device, available: false, detail: `${error.message}${hint}` });
        }
    }
    return reports;
}
//# sourceMappingURL=backends.js.map