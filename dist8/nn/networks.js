// Networks by name.
import { alexnet } from "./alexnet.js";
import { convnet } from "./convnet.js";
import { lenet } from "./lenet.js";
import { mlp } from "./mlp.js";
import { resnet10, resnet10ap, resnet18, resnet18ap } from "./resnet.js";
import { vgg11, vgg13, vgg16 } from "./vgg.js";
import { vit } from "./vit.js";
/** All networks by name. */
export const networks = {
    convnet,
    alexnet,
    vgg11,
    vgg13,
    vgg16,
    resnet10,
    resnet18,
    resnet10ap,
    resnet18ap,
    lenet,
    mlp,
    vit,
};
/**
 * Builds a network by name: `buildNetwork("resnet18", { size: 64, classes: 200, norm: "batch" })`.
 *
 * @throws RangeError for an unknown name, and what the network itself refuses.
 */
export function buildNetwork(name, options = {}) {
    if (!Object.hasOwn(networks, name)) {
        throw new RangeError(`unknown network "${name}"; known: ${Object.keys(networks).join(", ")}`);
    }
    return networks[name](options);
}
//# sourceMappingURL=networks.js.map