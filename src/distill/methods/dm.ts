// DM (Zhao & Bilen, WACV 2023): mean last features alone, summed squares of their differences.

import { Matcher } from "../matching/match.ts";
import type { MakeMethod } from "../method.ts";

/** Class by class; with batch norm, all classes in one batch, as the paper's code does for networks that have it. */
export const dm: MakeMethod = ({ network, config, engine }) => ({
  matching: new Matcher(
    {
      network,
      attention: { power: 1, reduction: "sum", norm: "l2" },
      weights: { attention: 0, features: 1 },
      errorType: config.errorType,
      layers: [],
      fresh: true,
    },
    engine,
  ),
  rounds: 1,
  measures: ([features]) => ({ loss: features, attention: [], features }),
});
