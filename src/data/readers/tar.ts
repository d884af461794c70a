// A tar archive, plain or compressed: class folders of images, or a single shard of a WebDataset.

import { loadClassFolders } from "./folder.ts";
import { endsAs, OF_COLUMNS, type Reader } from "./reader.ts";
import { readTarImages } from "./tars/images.ts";
import { isWebDataset, loadShards } from "./webdataset.ts";

const ENDINGS = [".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar"];

export const tar: Reader = {
  about: "a tar archive, plain or compressed, of class folders, or of images with their labels (WebDataset)",
  endings: ENDINGS,
  takes: OF_COLUMNS,
  recognises: ({ isFolder, kind, path }) =>
    !isFolder &&
    (kind === "tar" || kind === "gzip" || kind === "zstd" || (kind === undefined && endsAs(path, ENDINGS))),
  async load(name, source, options) {
    const images = await readTarImages(source.path, [source.path], options);
    if (isWebDataset(images.tars[0], options)) return loadShards(name, source.path, images, options);
    return loadClassFolders(name, source, options, { tar: images });
  },
};
