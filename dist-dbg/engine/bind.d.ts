import type { Feeds, Program } from "./types.ts";
/**
 * The model with bound inputs as constants. Serialised messages are concatenated: by protobuf's merge rule the second
 * one's initialisers join those of the first.
 */
export declare function bindConstants(program: Program, values: Feeds): Uint8Array;
/** The model with bound inputs as inputs. */
export declare function bindInputs(program: Program): Uint8Array;
//# sourceMappingURL=bind.d.ts.map