// Rows of numbers as points, and the distances between them. Sums in float64, on this thread.
/** Mean of all points. */
export function meanOf({ data, count, width }) {
    const mean = new Float64Array(width);
    for (let i = 0; i < count; i++)
        addRow(mean, data, i * width);
    return mean.map((sum) => sum / count);
}
/** Adds the row that begins at `from`. */
export function addRow(sum, data, from) {
    for (let j = 0; j < sum.length; j++)
        sum[j] += data[from + j];
}
/** Squared distance of point `i` to a row of `target` (float32 or float64). */
export function squaredDistance({ data, width }, i, target, row = 0) {
    const [a, b] = [i * width, row * width];
    let sum = 0;
    for (let j = 0; j < width; j++) {
        const difference = data[a + j] - target[b + j];
        sum += difference * difference;
    }
    return sum;
}
/** The point nearest to `target` of those that are not taken; the first of equals. */
export function nearestPoint(points, target, taken) {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < points.count; i++) {
        if (taken.has(i))
            continue;
        const distance = squaredDistance(points, i, target);
        if (distance < least || best < 0)
            [best, least] = [i, distance];
    }
    return best;
}
/** Index of the largest number of those that are not taken; the first of equals. */
export function farthest(distances, taken) {
    let best = -1;
    for (let i = 0; i < distances.length; i++) {
        if (!taken.has(i) && (best < 0 || distances[i] > distances[best]))
            best = i;
    }
    return best;
}
//# sourceMappingURL=points.js.map