// A schema whose values are completed after they were checked: presets, defaults that depend on each other.

import * as z from "zod";
import { ConfigError } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";

/**
 * @param complete what it throws as a DatadamError becomes an issue of `part`, one for each key of a configuration.
 * @param part the key of the job that holds the configuration.
 */
export function completed<Input, Job>(
  input: z.ZodType<Input>,
  complete: (value: Input) => Job,
  part = "method",
): z.ZodType<Job> {
  return input.transform((value, context) => {
    try {
      return complete(value);
    } catch (error) {
      if (!(error instanceof DatadamError)) throw error;
      const problems = error instanceof ConfigError ? error.problems : [{ key: undefined, line: error.message }];
      for (const { key, line } of problems) {
        const path = key === undefined ? [part] : [part, key];
        context.addIssue({ code: "custom", message: line, path, params: { hint: error.hint } });
      }
      return z.NEVER;
    }
  }) as unknown as z.ZodType<Job>;
}
