// The methods by name. A new one is a file here and a line below (and its name in the configuration).
import { datadam } from "./datadam.js";
import { dm } from "./dm.js";
import { gradientMatching } from "./gradientMatching.js";
export const methods = {
    datadam,
    dm,
    // The siamese augmentation that makes DSA of DC is the loop's, for every method.
    dc: gradientMatching,
    dsa: gradientMatching,
};
//# sourceMappingURL=index.js.map