// A tar archive, plain or gzipped: class folders of images, or a single shard of a WebDataset.

import { loadClassFolders } from "./folder.ts";
import { endsAs, OF_IMAGE_FILES, type Reader } from "./reader.ts";
import { readTarImages } from "./tarImages.ts";
import { isWebDataset, loadShard } from "./webdataset.ts";

const ENDINGS = [".tar.gz", ".tgz", ".tar"];

export const tar: Reader = {
  about: "a tar archive, plain or gzipped, of class folders, or of images with their labels (WebDataset)",
  endings: ENDINGS,
  takes: OF_IMAGE_FILES,
  recognises: ({ isFolder, kind, path }) =>
    !isFolder && (kind === "tar" || kind === "gzip" || (kind === undefined && endsAs(path, ENDINGS))),
  async load(name, source, options) {
    const tar = await readTarImages(source.path, options);
    return isWebDataset(tar) ? loadShard(name, tar, options) : loadClassFolders(name, source, options, { tar });
  },
};
