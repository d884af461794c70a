// Decoding into the cache, once.
import { join } from "node:path";
import { DatadamError } from "../errors.js";
import { readOrSkip } from "./corrupt.js";
import { writePlanes } from "./decode.js";
import { Journal } from "./journal.js";
import { eachInOrder } from "./mapInOrder.js";
import { addMislabelled, mislabelOf, NONE_MISLABELLED } from "./mislabelled.js";
import { openStoreFile } from "./store.js";
/** About so many bytes are made to last at once, and are the most that a kill loses. */
const BATCH_BYTES = 8 * 2 ** 20;
const making = new Map();
/**
 * The images from the cache; decoded into it where they are not there, going on with what a killed process has left.
 * @throws DatadamError INVALID_DATA where an image cannot be decoded and none is to be skipped, IO where the cache cannot be written
 */
export async function openStore(source, options) {
    const { key, channels, size } = source;
    const file = join(options.cacheDir, `images-${key}`);
    const wanted = { key, stride: channels * size ** 2 };
    let store = openStoreFile(file, wanted);
    if (store === undefined) {
        const made = making.get(file) ?? make(file, source, options).finally(() => making.delete(file));
        making.set(file, made);
        await made;
        store = openStoreFile(file, wanted);
    }
    if (store === undefined)
        throw cacheFailure(file, new Error("it cannot be read back"));
    if (options.corrupt === "fail" && store.skipped.length > 0) {
        throw new DatadamError("INVALID_DATA", store.skipped[0][1], {
            hint: `Remove the file or replace it. Was it mended with its size and time unchanged, delete ${file}`,
        });
    }
    return store;
}
async function make(file, source, options) {
    const stride = source.channels * source.size ** 2;
    const guarded = (work) => work.catch((error) => {
        throw cacheFailure(file, error);
    });
    const journal = await guarded(Journal.open(file, stride));
    const most = Math.max(1, Math.floor(BATCH_BYTES / stride));
    const bytes = new Uint8Array(most * stride);
    const empty = () => ({ paths: [], skipped: [], grey: true, mislabelled: NONE_MISLABELLED });
    let batch = empty();
    let done = journal.paths.length + journal.skipped.length;
    const flush = async () => {
        if (batch.paths.length + batch.skipped.length === 0)
            return;
        await guarded(journal.append(bytes.subarray(0, batch.paths.length * stride), batch));
        batch = empty();
    };
    const decode = async ({ path, decode }) => [path, await readOrSkip(path, options.corrupt, decode)];
    const take = async ([path, image]) => {
        if ("rgb" in image) {
            const at = batch.paths.push(path) - 1;
            writePlanes(image, source.channels, bytes.subarray(at * stride, (at + 1) * stride));
            batch.grey &&= image.grey;
            batch.mislabelled = addMislabelled(batch.mislabelled, mislabelOf(path, image.format));
        }
        else
            batch.skipped.push(image);
        options.onProgress(++done, source.total);
        if (batch.paths.length === most)
            await flush();
    };
    try {
        if (done > 0)
            options.onProgress(done, source.total);
        await eachInOrder(withoutDone(source, journal), decode, take);
        await flush();
    }
    catch (error) {
        if (error instanceof OtherImages) {
            await journal.discard();
            return make(file, source, options);
        }
        await flush().catch(() => { }); // what was decoded need not be again
        await journal.close();
        throw error;
    }
    await guarded(journal.finish(file, source.key));
}
/** What is left in the journal is not of these images. */
class OtherImages extends Error {
}
/** The images that the journal does not have yet. */
async function* withoutDone({ images }, { paths, skipped }) {
    const [written, left] = [paths.length, skipped.length];
    let [p, s] = [0, 0];
    for await (const image of images()) {
        if (p === written && s === left)
            yield image;
        else if (p < written && image.path === paths[p])
            p++;
        else if (s < left && image.path === skipped[s][0])
            s++;
        else
            throw new OtherImages();
    }
}
function cacheFailure(file, cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new DatadamError("IO", `The cache of decoded images "${file}" cannot be made: ${reason}.`, {
        cause,
        hint: "Name a folder on a disk with room for it in DATADAM_CACHE, or keep the images in memory with --store memory.",
    });
}
//# sourceMappingURL=buildStore.js.map