// The bounds on what files may ask for, all of them. docs/reference/limits.md lists them; a test compares the two.

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** What is refused beyond. Bytes, unless the name says otherwise. */
export const LIMITS = {
  // Image files
  /** Of one image file, in a folder, an archive, a table or a Parquet row. */
  imageBytes: 128 * MIB,
  /** Pixels of a picture, before it is decoded: 300 MB as RGB. */
  imagePixels: 1e8,
  /** Pictures of more pixels are decoded one at a time, so that memory does not depend on how many come together. */
  imagePixelsTogether: 2 ** 24,
  /** Of the decoded images of a set, in memory. */
  setBytes: 8 * GIB,
  /** Classes of a set. */
  classes: 65_535,
  /** Of a table of images (`.csv`). */
  tableBytes: 256 * MIB,
  /** Of one label of a WebDataset. */
  labelBytes: 64 * KIB,
  /** Of all labels of a WebDataset's shard. */
  labelsBytes: 128 * MIB,

  // Folders and archives, and arrays
  /** How deep folders are entered. */
  folderDepth: 16,
  /** Files that the links of an archive may stand for: each folder with a link to it counts again. */
  linkedFiles: 2 ** 20,
  /** Characters of a link of an archive and of what it leads to. */
  linkLength: 4096,
  /** That an archive, a Parquet file or an `.npz` may unpack to, where `maxArchiveBytes` says nothing else. */
  archiveBytes: 4 * GIB,
  /** Of a file of arrays (`.pt`, `.npz`, `.safetensors`) that is to be evaluated, and what it may unpack to. */
  arrayFileBytes: 4 * GIB,
  /** What unpacks to no more than this may be packed as tightly as it likes. */
  unpackFreely: 64 * MIB,
  /** How many times its packed bytes an array file may unpack to, beyond that. */
  unpackRatio: 250,
  /** How many times the bytes of their file its tensors may take (views share numbers), beyond {@link unpackFreely}. */
  tensorRatio: 4,
  /** Axes of an array. */
  axes: 32,
  /** Of the header of an `.npy`. */
  npyHeaderBytes: 65_535,
  /** Of the header of a `.safetensors`, as in the reference implementation. */
  safetensorsHeaderBytes: 100_000_000,

  // Pickles
  /** Values that a pickle pushes or remembers: CIFAR-100 has 250,000. */
  pickleValues: 2 ** 20,
  /** Lists, tuples, dicts and arrays of a pickle. */
  pickleContainers: 100_000,
  /** Open marks of a pickle. */
  pickleMarks: 1000,
  /** How deep the values of a pickle nest. */
  pickleDepth: 64,
  /** Bytes or digits of one int of a pickle. */
  pickleIntegerBytes: 256,

  // Parquet
  parquetFooterBytes: 16 * MIB,
  parquetRows: 2 ** 24,
  parquetPageHeaderBytes: 64 * KIB,
  /** Of a page, unpacked. */
  parquetPageBytes: GIB,
  /** How deep its headers nest, and how many values each has. */
  thriftDepth: 16,
  thriftValues: 2 ** 20,

  // Text
  /** Of a JSON file that a user names. */
  jsonBytes: 64 * MIB,
  /** How deep JSON may nest, in any file. */
  jsonDepth: 64,
  /** Values of a JSON text. */
  jsonValues: 2 ** 20,
  /** Problems of one file that are listed. */
  problems: 20,
  /** Characters of a word that is looked up among the known ones. */
  wordLength: 100,
  /** Characters of what is quoted from a file. */
  quoteLength: 300,
  /** Characters of a message. */
  messageLength: 8000,
} as const;

/** What a file of so many bytes may unpack to, `maxBytes` at most: far more is made to fill the memory. */
export function mostUnpacked(packed: number, maxBytes: number): number {
  return Math.min(maxBytes, Math.max(LIMITS.unpackFreely, LIMITS.unpackRatio * packed));
}

/** How a refusal by {@link mostUnpacked} goes on. */
export function tooManyBytes(packed: number, maxBytes: number): string {
  const most = mostUnpacked(packed, maxBytes);
  if (most === maxBytes) return `it would unpack to more than ${maxBytes} bytes`;
  return `it would unpack to more than ${most} bytes, far more than the ${packed} that it has; save it unpacked`;
}
