// The images of a tar archive. It is read once, in its own order: images are decoded before it is known where they belong.
import { DatadamError } from "../errors.js";
import { readArchive } from "./archive.js";
import { refused } from "./archiveFile.js";
import { MAX_IMAGE_BYTES } from "./assemble.js";
import { readOrSkip, tellSkipped } from "./corrupt.js";
import { decodeImage } from "./decode.js";
import { wantsDisk } from "./disk.js";
import { isImagePath } from "./layout.js";
import { eachInOrder } from "./mapInOrder.js";
import { checkMemory } from "./pixels.js";
const MAX_LABEL_BYTES = 2 ** 16;
const MAX_TEXT_BYTES = 2 ** 27; // of all .cls and .json files, which are held until the last image is read
/**
 * Reads and decodes.
 * @param before images in memory already, which count for the limit
 * @throws DatadamError as {@link readArchive} and {@link decodeImage}; INVALID_DATA where an image is there twice
 */
export async function readTar(file, options, before = 0) {
    wantsDisk(file, options, 0, false);
    const files = [];
    const folders = [];
    const texts = new Map();
    let textBytes = 0;
    const isText = (path) => /\.(cls|json)$/i.test(path);
    const want = (path) => isImagePath(path) || isText(path);
    const limits = { maxBytes: options.maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES, want };
    async function* found() {
        const seen = new Set();
        for await (const { path, folder, bytes } of readArchive(file, limits)) {
            (folder ? folders : files).push(path);
            if (folder)
                continue;
            if (isText(path) && bytes.length <= MAX_LABEL_BYTES) {
                textBytes += bytes.length;
                if (textBytes > MAX_TEXT_BYTES)
                    throw refused(file, `its labels take more than ${MAX_TEXT_BYTES} bytes`);
                texts.set(path, new TextDecoder().decode(bytes));
            }
            if (!isImagePath(path))
                continue;
            if (seen.has(path))
                throw new DatadamError("INVALID_DATA", `The archive "${file}" holds "${path}" twice.`);
            seen.add(path);
            checkMemory(file, before + seen.size, [options.channels ?? 3, options.size, options.size]);
            yield [path, bytes];
        }
    }
    const images = new Map();
    const skipped = new Map();
    const where = (path) => `${file}: ${path}`;
    const decode = async ([path, bytes]) => [path, await readOrSkip(path, options.corrupt, () => decodeImage(where(path), bytes, options.size))];
    await eachInOrder(found(), decode, ([path, image]) => {
        if ("rgb" in image)
            images.set(path, image);
        else
            skipped.set(path, image);
    });
    tellSkipped(file, [...skipped.values()], options.onWarning);
    return { file, files: files.filter((path) => !skipped.has(path)), folders, images, texts };
}
//# sourceMappingURL=tar.js.map