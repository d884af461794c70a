// The images and labels of other programs' sets, as the arrays that lie in their files.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatadamError } from "../errors.js";
import { decodeNpz, decodePt, decodeSafetensors, isNpyArray, } from "../formats/index.js";
const MAX_BYTES = 4 * 2 ** 30;
/** Names of images and labels; the first pair whose images are there counts. */
const NAMES = [
    ["images", "labels"],
    ["x_train", "y_train"],
    ["train_images", "train_labels"],
    ["image_syn", "label_syn"],
    ["x", "y"],
    ["data", "labels"],
    ["data", "target"],
];
/** MTT writes two files: images_best.pt and labels_best.pt, or with an iteration for `best`. */
const SEPARATE = /^images(_[^/]*)?\.(pt|pth)$/;
const LAYOUTS = "Read are { data: [[images, labels]] } of DC, DM and DataDAM, images_best.pt beside labels_best.pt of MTT, a pair of tensors, tensors named images and labels, and one tensor of images in the order of their classes.";
/** Whether a path names arrays rather than image files. */
export function isArrayFile(path) {
    return /\.(pt|pth|npz|safetensors)$/i.test(path);
}
/** The file of images in a folder of MTT's, if it is one. */
export function separateImages(folder) {
    const path = join(folder, "images_best.pt");
    return existsSync(path) ? path : undefined;
}
/** @throws DatadamError INVALID_DATA, IO, naming the file */
export function readForeignArrays(path) {
    const content = parse(path);
    if (isNpyArray(content))
        return withSibling(path, content);
    if (Array.isArray(content))
        return { ...pairOf(path, content), notes: [] };
    const named = content instanceof Map ? Object.fromEntries(content) : content;
    const { data } = named;
    if (Array.isArray(data)) {
        // One pair for each experiment.
        const pairs = Array.isArray(data[0]) ? data : [data];
        const notes = pairs.length > 1 ? [`it holds ${pairs.length} sets; the last one is taken`] : [];
        return { ...pairOf(path, pairs.at(-1)), notes };
    }
    for (const [images, labels] of NAMES) {
        const found = named[images];
        if (isNpyArray(found))
            return { images: found, labels: arrayOr(named[labels]), notes: [] };
    }
    const names = Object.keys(named).slice(0, 8).join(", ") || "nothing";
    throw invalid(path, `it holds ${names}, and no images`);
}
function parse(path) {
    const read = (decode) => {
        try {
            return decode(bytesOf(path));
        }
        catch (cause) {
            if (!(cause instanceof DatadamError) || cause.code !== "INVALID_DATA")
                throw cause;
            const hint = cause.hint === undefined ? {} : { hint: cause.hint };
            throw new DatadamError("INVALID_DATA", `"${path}": ${cause.message}`, { cause, ...hint });
        }
    };
    if (/\.npz$/i.test(path))
        return read((bytes) => decodeNpz(bytes, { maxBytes: MAX_BYTES }));
    if (!/\.safetensors$/i.test(path))
        return read((bytes) => decodePt(bytes, { maxBytes: MAX_BYTES }));
    const types = {
        F32: "f4",
        F64: "f8",
        U8: "u1",
        I64: "i8",
        I32: "i4",
        U16: "u2",
    };
    const { tensors } = read((bytes) => decodeSafetensors(bytes));
    const known = Object.entries(tensors).filter(([, { dtype }]) => dtype in types);
    return Object.fromEntries(known.map(([name, tensor]) => [name, { ...tensor, dtype: types[tensor.dtype] }]));
}
function bytesOf(path) {
    try {
        const { size } = statSync(path);
        if (size > MAX_BYTES)
            throw invalid(path, `it has ${size} bytes, more than the limit of ${MAX_BYTES}`);
        return readFileSync(path);
    }
    catch (error) {
        if (error instanceof DatadamError)
            throw error;
        throw new DatadamError("IO", `"${path}" cannot be read: ${error.message}`, { cause: error });
    }
}
function withSibling(path, images) {
    const match = SEPARATE.exec(basename(path));
    const sibling = match === null ? undefined : join(dirname(path), `labels${match[1] ?? ""}.${match[2]}`);
    if (sibling === undefined || !existsSync(sibling))
        return { images, labels: undefined, notes: [] };
    const labels = arrayOr(parse(sibling));
    if (labels === undefined)
        throw invalid(sibling, "it is no tensor of labels");
    return { images, labels, notes: [`its labels are those of ${basename(sibling)}`] };
}
function pairOf(path, pair) {
    const [images, labels] = Array.isArray(pair) ? pair.map(arrayOr) : [];
    if (images === undefined || labels === undefined || pair.length !== 2) {
        throw invalid(path, "it holds a list that is no pair of images and labels");
    }
    return { images, labels };
}
function arrayOr(value) {
    return isNpyArray(value) ? value : undefined;
}
function invalid(path, what) {
    return new DatadamError("INVALID_DATA", `"${path}" is no set that can be read: ${what}.`, { hint: LAYOUTS });
}
//# sourceMappingURL=foreignArrays.js.map