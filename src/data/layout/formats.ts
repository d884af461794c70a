// Files that are images by their names: of formats that are read, and of others.

/** Endings of the formats that are read, as torchvision lists them, and those that browsers and Pillow write. */
const READ = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp|dib|tiff?|p[bgpn]m|avif)$/i;
/** Endings of pictures of formats that are not read. */
const UNREAD = new RegExp(
  "\\.(heic|heif|jp2|j2k|jxl|svgz?|ico|psd|xcf|tga|exr|hdr|dds|eps|raw|cr2|cr3|nef|arw|dng|orf|dcm|dicom|nii|" +
    "nii\\.gz|mha|czi|ndpi|svs)$",
  "i",
);

/** The formats, for messages. */
export const IMAGE_FORMATS = "PNG, JPEG, WebP, GIF, BMP, TIFF, PPM, PGM or AVIF";
export const EXTENSIONS = "png, jpg, webp, gif, bmp, tif, ppm, pgm, avif";

/** Whether a path is that of an image by its name: hidden files and what macOS adds to archives are not. */
export function isImagePath(path: string): boolean {
  return READ.test(path) && !isHidden(path);
}

/** Whether a path is that of a picture of a format that is not read. */
export function isUnreadPath(path: string): boolean {
  return UNREAD.test(path) && !isHidden(path);
}

/** Whether a path is one of what systems and programs keep beside files. */
export function isHidden(path: string): boolean {
  return /(^|\/)(\.|__MACOSX(\/|$)|Thumbs\.db$|desktop\.ini$)/.test(path);
}

/** The ending of a file's name in lower case, without the dot. */
export function endingOf(path: string): string {
  return /\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? "";
}
