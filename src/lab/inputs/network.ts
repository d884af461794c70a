// Parts of jobs that train networks: which network, and the protocol it is trained by.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { architectureNames, architectureOf } from "../../nn/index.ts";
import { networkOptionShape } from "../../nn/networkKeys.ts";
import { parseProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";

const count = z.int().positive();

/** Options of a network; what is left out is that of the architecture. */
export const networkOptions = networkOptionShape;

/** A name of one of the library's networks. */
export const archSchema = z
  .string()
  .refine((arch) => architectureOf(arch) !== undefined, {
    error: ({ input }) => `unknown network ${JSON.stringify(input)}. Known: ${architectureNames.join(", ")}`,
  })
  .describe("The name of a network.");

/** A protocol by name, with other numbers where they are given. */
const protocolKeys = z.strictObject({
  name: z.string().optional(),
  epochs: count.optional(),
  batch: count.optional(),
});

/** A protocol as jobs hold it: all the rest follows from the name. */
export interface ProtocolChoice {
  readonly name: string;
  readonly epochs: number;
  readonly batch: number;
}

/** @param usual the protocol where none is named. */
export function protocolSchema(usual: string): z.ZodType<ProtocolChoice> {
  return z
    .union([z.string(), protocolKeys])
    .default({})
    .transform((value, context): ProtocolChoice => {
      const given = typeof value === "string" ? { name: value } : value;
      try {
        const { name, epochs, batch } = parseProtocol(given.name ?? usual);
        return { name, epochs: given.epochs ?? epochs, batch: given.batch ?? batch };
      } catch (error) {
        if (!(error instanceof DatadamError)) throw error;
        const hint = error.hint === undefined ? "" : `. ${error.hint}`;
        context.addIssue({ code: "custom", message: `${error.message}${hint}` });
        return z.NEVER;
      }
    }) as unknown as z.ZodType<ProtocolChoice>;
}

/** The whole protocol of a job. */
export function protocolOf({ name, epochs, batch }: ProtocolChoice): Protocol {
  return { ...parseProtocol(name), epochs, batch };
}
