// A recorded computation with some of its tensors given instead of computed.

import { topological } from "./grad.ts";
import { sameShape, showShape, Tensor } from "./tensor.ts";

/**
 * `outputs` with each key of `given` replaced by its value: what only led to a replaced tensor is no longer part of
 * them. A computation can so be cut in two, an output of one part being an input of the other.
 *
 * @throws RangeError for a replacement of another shape
 */
export function substitute(
  outputs: Readonly<Record<string, Tensor>>,
  given: ReadonlyMap<Tensor, Tensor>,
): Record<string, Tensor> {
  for (const [tensor, other] of given) {
    if (!sameShape(tensor.shape, other.shape)) {
      throw new RangeError(`substitute: ${showShape(other.shape)} given for ${showShape(tensor.shape)}`);
    }
  }
  const known = new Map(given);
  for (const node of topological(Object.values(outputs))) {
    if (known.has(node)) continue;
    const inputs = node.inputs.map((source) => known.get(source)!);
    const same = inputs.every((source, i) => source === node.inputs[i]);
    known.set(node, same ? node : new Tensor(node.primitive, inputs, node.attributes, node.shape));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, known.get(tensor)!]));
}
