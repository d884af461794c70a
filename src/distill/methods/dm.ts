// DM (Zhao & Bilen, WACV 2023): mean last features alone, summed squares of their differences.

import { ERROR_TYPES } from "../matching/variants.ts";
import { defineMethod } from "../method.ts";

/** Class by class; with batch norm, all classes in one batch, as the paper's code does for networks that have it. */
export const dm = defineMethod({
  name: "dm",
  summary: "mean last features",
  keys: (z) => ({
    errorType: z
      .enum(ERROR_TYPES)
      .default("mse")
      .describe("Distance of class means: squared, absolute (both summed), or 1 - cosine."),
  }),
  presets: {
    dm: {
      iterations: 20000,
      batchReal: 256,
      lrImg: "auto",
      momentum: 0.5,
      averaging: false,
      norm: "instance",
      zca: false,
      init: "real",
    },
  },
  statistics: () => ({ features: "features" }),
  async make({ network, config: { errorType }, engine, trained }) {
    const { Matcher } = await import("../matching/match.ts");
    return {
      matching: new Matcher(
        {
          network,
          quantities: ({ features }) => ({ features }),
          weights: { features: 1 },
          errorType,
          fresh: !trained,
        },
        engine,
      ),
      measures: ([features]) => ({ loss: features, features }),
    };
  },
});
