// What a continual learning experiment is to do: everything that decides its numbers.
import { methods } from "../../continual/index.js";
import { configKeys } from "../../distill/config.js";
import { DatadamError } from "../../errors.js";
import { resolveProtocol } from "../../evaluate/index.js";
import { resolveSettings } from "../settings.js";
/** Methods of a stream without steps: the policies of `ReplayMemory`. */
export const POLICIES = ["balanced", "reservoir"];
/** @throws DatadamError `INVALID_OPTION` for options that do not go together, or an unknown method. */
export function settleContinual(flags) {
    const { steps = 5, memory, memoryTotal, orders = 5, networks = 3, epochs, blur } = flags;
    // Only what is said: some flags share their names with configuration keys, but none here mean them.
    const names = ["dataset", "dataDir", "size", "channels", "split", "labels", "store", "corrupt", "workers", "device"];
    const own = [...names, "preset", "set", "config", "seed"];
    const { job, config, sources } = resolveSettings(Object.fromEntries(own.map((key) => [key, flags[key]])), process.env);
    if (memory !== undefined && memoryTotal !== undefined) {
        throw new DatadamError("INVALID_OPTION", "--memory does not go with --memory-total", {
            hint: "Say how many images of each class, or how many in all.",
        });
    }
    if (blur !== undefined && memoryTotal === undefined) {
        throw new DatadamError("INVALID_OPTION", "--blur needs --memory-total: a stream without steps has no classes to count by");
    }
    const known = blur === undefined ? Object.keys(methods()) : POLICIES;
    const unknown = flags.method.find((name) => !known.includes(name));
    if (unknown !== undefined) {
        throw new DatadamError("INVALID_OPTION", `unknown method "${unknown}"${blur === undefined ? "" : " for a stream without steps"}`, {
            hint: `Known: ${known.join(", ")}.`,
        });
    }
    const protocol = resolveProtocol(flags.protocol ?? "quick");
    return {
        job,
        methods: flags.method,
        steps,
        bound: memoryTotal === undefined ? { perClass: memory ?? 20 } : { total: memoryTotal },
        stream: blur === undefined ? null : { blur },
        orders,
        networks,
        seed: config.seed,
        protocol: epochs === undefined ? protocol : { ...protocol, name: `${protocol.name}, ${epochs} epochs`, epochs },
        classes: flags.classes ?? null,
        // Whitening would be fitted on classes that have not come yet: only where it was asked for.
        config: { ...config, zca: sources.zca === "default" || config.zca === "auto" ? false : config.zca },
    };
}
/** The configuration as distillers take it. */
export function distillPart(config) {
    const keys = configKeys()
        .map(({ key }) => key)
        .filter((key) => key !== "ipc" && key !== "seed");
    return Object.fromEntries(keys.map((key) => [key, config[key]]));
}
//# sourceMappingURL=settings.js.map