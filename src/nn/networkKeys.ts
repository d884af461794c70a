// The keys of a network in a configuration, as a schema made of the list of architectures.

import * as z from "zod";
import type { OptionSpec } from "./architecture.ts";
import { NORMS } from "./names.ts";
import { type ArchitectureName, architectureNames, architectures, type NetworkConfig, ownOptions } from "./registry.ts";

const auto = z.literal("auto");

const common = {
  arch: z
    .enum(architectureNames)
    .default("convnet")
    .describe("Architecture of the networks. Each has options of its own: those of another are refused."),
  norm: z
    .enum(NORMS)
    .default("instance")
    .describe(
      "Normalisation layers of the networks. batch couples the classes: no shards, no parallel classes. " +
        "Becomes none where the architecture has no norm layers.",
    ),
  width: z
    .union([z.int().positive().max(4096), auto])
    .default("auto")
    .describe(`Channels of the first block, which later ones follow. auto: that of the architecture (${widths()}).`),
};

/**
 * The shape of the keys: `arch`, `norm`, `width`, and the options that architectures have for themselves, each `"auto"`
 * by default.
 */
export const networkKeyShape = { ...common, ...ownShape() } as unknown as {
  readonly [Key in keyof NetworkConfig]: z.ZodDefault<z.ZodType<NetworkConfig[Key]>>;
};

/** The same keys but `arch`, each left out where nothing is chosen: what is left out is that of the architecture. */
export const networkOptionShape = {
  norm: z.enum(NORMS).optional().describe("Normalisation layers."),
  width: z.int().positive().max(4096).optional().describe("Channels of the first block."),
  ...optionalShape(),
} as unknown as {
  readonly [Key in Exclude<keyof NetworkConfig, "arch">]: z.ZodOptional<z.ZodType<Exclude<NetworkConfig[Key], "auto">>>;
};

/** `128: alexnet, convnet; 6: lenet` */
function widths(): string {
  const width = (name: ArchitectureName): number => architectures[name].facts.width;
  return [...new Set(architectureNames.map(width))]
    .map((each) => `${each}: ${architectureNames.filter((name) => width(name) === each).join(", ")}`)
    .join("; ");
}

function ownShape(): Record<string, z.ZodType> {
  return mapOptions((types, words) =>
    z
      .union([...types, auto])
      .default("auto")
      .describe(words),
  );
}

function optionalShape(): Record<string, z.ZodType> {
  return mapOptions((types, words) => z.union(types).optional().describe(words));
}

function mapOptions(make: (types: z.ZodType[], words: string) => z.ZodType): Record<string, z.ZodType> {
  return Object.fromEntries(
    [...ownOptions()].map(([key, owners]) => {
      const words = owners.map(({ name, spec }) => `${name}: ${spec.description}`);
      return [
        key,
        make(
          owners.map(({ spec }) => typeOf(spec)),
          words.join(" "),
        ),
      ];
    }),
  );
}

function typeOf(spec: OptionSpec): z.ZodType {
  if (spec.type === "choice") return z.enum(spec.choices);
  if (spec.type === "boolean") return z.boolean();
  const { type, least = 1, most } = spec;
  return (type === "integer" ? z.int() : z.number()).min(least).max(most);
}
