// What a network is to the rest of the library: named parameters, and a function from tensors to tensors.
/** Draws parameters in PyTorch's default distribution; each parameter from its own stream, keyed by its name. */
export function initialize(network, key) {
    return Object.fromEntries(network.parameters.map((spec) => [spec.name, draw(spec, key)]));
}
/** Running statistics of a network that has seen nothing. */
export function initialBuffers(network) {
    return Object.fromEntries(network.buffers.map(({ name, shape, initial }) => [name, filled(shape, "value" in initial ? initial.value : 0)]));
}
function draw({ name, shape, initial }, key) {
    if ("value" in initial)
        return filled(shape, initial.value);
    const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    const stream = key.fold(name).stream();
    if ("bound" in initial)
        return { shape, data: stream.fillUniform(data, -initial.bound, initial.bound) };
    return { shape, data: stream.fillNormal(data).map((value) => initial.std * value) };
}
function filled(shape, value) {
    return { shape, data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(value) };
}
/**
 * Parameters (and running statistics) from named tensors, such as those of a `state_dict` saved as safetensors:
 * `loadParameters(network, decodeSafetensors(bytes).tensors)`.
 *
 * @throws RangeError naming every tensor that is missing, unknown, misshapen or not float32.
 */
export function loadParameters(network, tensors) {
    const arrays = {};
    const other = [];
    for (const [name, { shape, data }] of Object.entries(tensors)) {
        // A counter of batches, int64, that nothing here needs.
        if (name.endsWith("num_batches_tracked"))
            continue;
        if (data instanceof Float32Array)
            arrays[name] = { shape, data };
        else
            other.push(name);
    }
    if (other.length > 0)
        throw new RangeError(`parameters of ${network.name}: ${other.join(", ")} must be float32`);
    checkParameters(network, arrays);
    return arrays;
}
/**
 * Checks arrays against a network's parameters (buffers may be absent): all there, nothing else, shapes equal. Gives their data by name.
 *
 * @throws RangeError naming every parameter that is missing, unknown or misshapen.
 */
export function checkParameters(network, arrays) {
    const problems = [];
    const specs = new Map([...network.parameters, ...network.buffers].map((spec) => [spec.name, spec]));
    for (const { name } of network.parameters)
        if (arrays[name] === undefined)
            problems.push(`${name} is missing`);
    for (const [name, { shape }] of specs) {
        const array = arrays[name];
        if (array === undefined)
            continue;
        if (array.shape.join() !== shape.join()) {
            problems.push(`${name} is [${array.shape.join(", ")}], not [${shape.join(", ")}]`);
        }
        else if (array.data.length !== shape.reduce((product, extent) => product * extent, 1)) {
            problems.push(`${name} has ${array.data.length} numbers for [${shape.join(", ")}]`);
        }
    }
    for (const name of Object.keys(arrays)) {
        if (!specs.has(name) && !name.endsWith("num_batches_tracked"))
            problems.push(`${name} is not a parameter`);
    }
    if (problems.length > 0)
        throw new RangeError(`parameters do not fit ${network.name}: ${problems.join("; ")}`);
    return Object.fromEntries(Object.entries(arrays).flatMap(([name, { data }]) => (specs.has(name) ? [[name, data]] : [])));
}
//# sourceMappingURL=network.js.map