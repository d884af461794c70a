// A schema whose values are completed after they were checked: presets, defaults that depend on each other.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";

/** @param complete what it throws as a DatadamError becomes an issue of the key `method`, with its hint. */
export function completed<Input, Job>(input: z.ZodType<Input>, complete: (value: Input) => Job): z.ZodType<Job> {
  return input.transform((value, context) => {
    try {
      return complete(value);
    } catch (error) {
      if (!(error instanceof DatadamError)) throw error;
      const { message, hint } = error;
      context.addIssue({ code: "custom", message, path: ["method"], params: { hint } });
      return z.NEVER;
    }
  }) as unknown as z.ZodType<Job>;
}
