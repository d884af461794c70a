// A method of your own: DM that also matches how widely the features of a class are spread. It has a key, a preset
// and a measure of its own.

import { defineMethod, Matcher } from "datadam/distill";
import { mul } from "datadam/tensor";

export const moments = defineMethod({
  name: "moments",
  summary: "mean last features, and the means of their squares",
  // Its own keys, beside those that all methods have. `z` is the library zod.
  keys: (z) => ({
    spreadWeight: z.number().nonnegative().default(1).describe("Weight of the squares' term. 0: DM."),
  }),
  // Its recipes. The first gives its defaults.
  presets: { moments: { iterations: 2000, batchReal: 256, averaging: false, zca: false, spreadWeight: 0.5 } },
  // What it takes of real images, as it is class means alone: they can be kept, in memory or in a bank.
  statistics: () => ({ features: "features", squares: "squares of features" }),
  make: ({ network, config, engine, trained = false }) => ({
    // The matcher compares the class means of any quantities [images, numbers]: real and synthetic means, and mean
    // squares, are equal only where the standard deviations are, too.
    matching: new Matcher(
      {
        network,
        quantities: ({ features }) => ({ features, squares: mul(features, features) }),
        weights: { features: 1, squares: config.spreadWeight },
        errorType: "mse",
        fresh: !trained, // the network is as it was initialised, unless it is one of a bank of trained networks
      },
      engine,
    ),
    // The distances in the order of the weights. What is named here is a part of each event.
    measures: ([features, squares]) => ({ loss: features + config.spreadWeight * squares, features, spread: squares }),
  }),
});
