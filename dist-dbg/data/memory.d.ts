import { type Corrupt } from "./corrupt.ts";
import { type DecodedImage } from "./decode.ts";
import { type Gathered } from "./gather.ts";
import type { Part } from "./layout.ts";
/** Decodes parts, class by class, as `channels` planes of `size` by `size` bytes. */
export declare function decodeToMemory(parts: readonly Part[], image: (path: string) => Promise<DecodedImage>, channels: 1 | 3, size: number, corrupt: Corrupt): Promise<Gathered>;
//# sourceMappingURL=memory.d.ts.map