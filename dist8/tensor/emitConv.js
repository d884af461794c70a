// Writes a convolution, around a fault of ONNX Runtime.
/** Adds `Conv(x, w)` of one group, from `inputs` channels to `outputs`. */
export function emitConv(emitter, [x, w], outputs, inputs, attributes) {
    // ONNX Runtime 1.30 convolves 6, 9, 15, ... channels into a multiple of 4 wrongly on WebGPU: fill up with zeros.
    const missing = inputs > 3 && inputs % 3 === 0 && outputs % 4 === 0 ? -inputs & 3 : 0;
    if (missing === 0)
        return emitter.node("Conv", [x, w], attributes);
    const fill = emitter.int64([0, 0, 0, 0, 0, missing, 0, 0]);
    return emitter.node("Conv", [emitter.node("Pad", [x, fill]), emitter.node("Pad", [w, fill])], attributes);
}
//# sourceMappingURL=emitConv.js.map