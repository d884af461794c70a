// Bytes as base64.

/** In pieces: a call takes only so many arguments. */
const PIECE = 2 ** 15;

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += PIECE) text += String.fromCharCode(...bytes.subarray(i, i + PIECE));
  return btoa(text);
}
