// A protocol of training in a job: by its name, or all of it.

import * as z from "zod";
import type { DatadamError } from "../../errors.ts";
import { type Protocol, parseProtocol } from "../../train/index.ts";

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
