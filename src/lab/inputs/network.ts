// Parts of jobs that train networks: which network.

import * as z from "zod";
import { architectureNames, architectureOf } from "../../nn/index.ts";
import { networkOptionShape } from "../../nn/networkKeys.ts";

/** Options of a network; what is left out is that of the architecture. */
export const networkOptions = networkOptionShape;

/** A name of one of the library's networks. */
export const archSchema = z
  .string()
  .refine((arch) => architectureOf(arch) !== undefined, {
    error: ({ input }) => `unknown network ${JSON.stringify(input)}. Known: ${architectureNames.join(", ")}`,
  })
  .describe("The name of a network.");
