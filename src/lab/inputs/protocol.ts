// A protocol of training in a job: by its name, or all of it; or by its name and two numbers.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { type Protocol, parseProtocol } from "../../train/index.ts";

const count = z.int().positive();

/** Stays as it was given, so that a job says `quick` where a name was given. */
export const protocolSchema = z
  .union([z.string(), z.custom<Protocol>((value) => typeof value === "object" && value !== null)])
  .superRefine((value, context) => {
    try {
      parseProtocol(value);
    } catch (error) {
      const { message, hint } = error as DatadamError;
      context.addIssue({ code: "custom", message, params: { hint } });
    }
  });

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

/** Filled in, so that a job says all numbers that may be given. @param usual the protocol where none is named. */
export function protocolChoiceSchema(usual: string): z.ZodType<ProtocolChoice> {
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

/** The whole protocol of a choice. */
export function protocolOf({ name, epochs, batch }: ProtocolChoice): Protocol {
  return { ...parseProtocol(name), epochs, batch };
}
