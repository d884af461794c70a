// From a name or a path to a data set: picks the adapter.
import { basename, join, resolve } from "node:path";
import { DatadamError } from "../errors.js";
import { kindOf } from "./archiveFile.js";
import { loadFolder } from "./folder.js";
import { LAYOUT_HINT } from "./layout.js";
import { placeAt } from "./locate.js";
import { tellMislabelledArchive } from "./mislabelled.js";
import { isName, NAMED } from "./named.js";
import { loadNpz } from "./npz.js";
import { folderOptions, refuseOptions } from "./options.js";
import { loadParquet } from "./parquet.js";
import { loadTable } from "./table.js";
/** The names that {@link loadDataset} knows, with what they stand for. */
export const datasets = Object.fromEntries(Object.entries(NAMED).map(([name, { about }]) => [name, about]));
export async function loadDataset(nameOrPath, options = {}) {
    if (isName(nameOrPath)) {
        const { resizes, load, counts } = NAMED[nameOrPath];
        refuseOptions(nameOrPath, options, ["split", "flippable"]);
        if (!resizes)
            refuseOptions(nameOrPath, options, ["size", "channels", "store", "corrupt"]);
        if (nameOrPath !== "cifar100")
            refuseOptions(nameOrPath, options, ["labels"]);
        const dataset = await load(options);
        tellCounts(dataset, counts, options.onWarning);
        return dataset;
    }
    refuseOptions(nameOrPath, options, ["labels"]);
    const checked = folderOptions(options);
    const place = await placeAt(nameOrPath);
    if (place === undefined) {
        throw new DatadamError("DATASET_NOT_FOUND", `There is no data set "${nameOrPath}", and no file or folder of that name.`, {
            hint: `Known data sets: ${Object.keys(datasets).join(", ")}. Or give a path to a folder that holds one folder of images per class.`,
        });
    }
    const name = basename(resolve(nameOrPath)).replace(/\.(tar\.gz|tgz|tar|zip|csv|npz|parquet)$/i, "");
    if (!place.isFolder && /\.npz$/i.test(nameOrPath)) {
        refuseOptions(nameOrPath, options, ["size", "channels", "store", "corrupt"]);
        return loadNpz(name, nameOrPath, checked);
    }
    if (!place.isFolder && /\.csv$/i.test(nameOrPath))
        return loadTable(name, nameOrPath, checked);
    if (place.isFolder)
        await refusePublished(nameOrPath);
    else {
        const kind = await kindOf(nameOrPath);
        refuseOthers(nameOrPath, kind);
        tellMislabelledArchive(nameOrPath, kind, checked.onWarning);
        if (kind === "Parquet" || /\.parquet$/i.test(nameOrPath)) {
            return loadParquet(name, nameOrPath, [{ path: nameOrPath, words: [] }], checked);
        }
    }
    return loadFolder(name, place, checked);
}
/** @throws DatadamError INVALID_DATA where a file is an image, or neither its name nor how it begins tells of a data set */
function refuseOthers(file, kind) {
    if (kind !== "image" && (kind !== undefined || /\.(tar|tgz|tar\.gz|zip|parquet)$/i.test(file)))
        return;
    const what = kind === "image"
        ? "is a single image"
        : "is neither an archive (zip, tar, gzipped tar) nor a .csv, .npz or Parquet file";
    throw new DatadamError("INVALID_DATA", `"${file}" ${what}, so it is no data set.`, { hint: LAYOUT_HINT });
}
/** Files that give away a published set where a folder of images should be. */
const TELLTALE = {
    "data_batch_1.bin": "cifar10",
    data_batch_1: "cifar10",
    "fine_label_names.txt": "cifar100",
    "train-images-idx3-ubyte": "mnist",
    "train-images-idx3-ubyte.gz": "mnist",
    "train_32x32.mat": "svhn",
};
async function refusePublished(folder) {
    for (const [file, known] of Object.entries(TELLTALE)) {
        if ((await placeAt(join(folder, file)))?.isFolder !== false)
            continue;
        throw new DatadamError("INVALID_OPTION", `"${folder}" holds ${known} as published, not folders of images.`, {
            hint: `Load the data set ${known} with this folder as its place: --dataset ${known} --data-dir ${folder}`,
        });
    }
}
function tellCounts({ train, test }, counts, tell) {
    for (const [i, { name, count }] of [train, test].entries()) {
        if (counts !== undefined && count !== counts[i]) {
            tell?.(`${name} has ${count} images here; as published it has ${counts[i]}.`);
        }
    }
}
//# sourceMappingURL=loadDataset.js.map