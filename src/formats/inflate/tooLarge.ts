// The failure of unpacking that would give more bytes than it may.

/** What unpacking throws where the bytes would be more than the limit. */
export class TooLarge extends Error {}
