// Rows of probabilities, as soft labels are.
/** What sums of float32 probabilities may be off by. */
const ROUNDING = 1e-3;
/** Whether all numbers are at least 0 and each row of `width` has the sum 1. */
export function areProbabilities(rows, width) {
    for (let from = 0; from < rows.length; from += width) {
        let sum = 0;
        for (let i = from; i < from + width; i++) {
            if (!(rows[i] >= 0))
                return false;
            sum += rows[i];
        }
        if (Math.abs(sum - 1) > ROUNDING)
            return false;
    }
    return true;
}
/** `softmax(row / temperature)` of each row of `width` numbers. */
export function softmaxRows(logits, width, temperature = 1) {
    const out = new Float32Array(logits.length);
    for (let from = 0; from < logits.length; from += width) {
        let most = Number.NEGATIVE_INFINITY;
        for (let i = from; i < from + width; i++)
            most = Math.max(most, logits[i]);
        let sum = 0;
        for (let i = from; i < from + width; i++)
            sum += Math.exp((logits[i] - most) / temperature);
        for (let i = from; i < from + width; i++)
            out[i] = Math.exp((logits[i] - most) / temperature) / sum;
    }
    return out;
}
//# sourceMappingURL=probabilities.js.map