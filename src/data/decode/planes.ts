// Interleaved RGB as planes.

/** Writes an image as planes (NCHW): RGB, or its luma (ITU-R BT.601, as Pillow's "L") for one channel. */
export function writePlanes({ rgb }: { readonly rgb: Uint8Array }, channels: 1 | 3, out: Uint8Array): void {
  const plane = rgb.length / 3;
  for (let i = 0; i < plane; i++) {
    const [r, g, b] = [rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]];
    if (channels === 1) out[i] = Math.round(0.299 * r + 0.587 * g + 0.114 * b);
    else {
      out[i] = r;
      out[plane + i] = g;
      out[2 * plane + i] = b;
    }
  }
}

/** Whether every pixel has r = g = b. */
export function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) if (rgb[i] !== rgb[i + 1] || rgb[i] !== rgb[i + 2]) return false;
  return true;
}
