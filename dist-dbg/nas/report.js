// What a search says: how rankings agree, and how long all of a space would take.
import { bootstrap, kendall, spearman } from "../statistics/index.js";
import { scoreOf } from "./rank.js";
/**
 * Correlation of a proxy's ranking with the reference ranking, both in the same order of candidates. Candidates are what is drawn
 * anew for the intervals.
 */
export function agreement(proxy, reference, key) {
    const [x, y] = [proxy.map(scoreOf), reference.map(scoreOf)];
    const correlate = (name, correlation) => {
        const value = correlation(x, y);
        const pick = (values, indices) => Float64Array.from(indices, (i) => values[i]);
        const drawn = (indices) => correlation(pick(x, indices), pick(y, indices));
        const interval = bootstrap(drawn, x.length, { key: key.fold("bootstrap", name) });
        return { value: Number.isNaN(value) ? null : value, interval: interval ?? null };
    };
    return { count: x.length, spearman: correlate("spearman", spearman), kendall: correlate("kendall", kendall) };
}
/** Indices of the best `share` of the reference ranking (rounded up), and of all that equal the last of them. */
export function topOf(reference, share) {
    const scores = reference.map(scoreOf);
    const last = [...scores].sort((a, b) => (a === b ? 0 : b - a))[Math.ceil(share * scores.length) - 1];
    return scores.flatMap((score, i) => (score >= last ? [i] : []));
}
/** Wall-clock seconds that a ranking took with all its lanes at work. */
export function wallSeconds(results) {
    return results.reduce((total, { seconds, lanes }) => total + seconds / lanes, 0);
}
/**
 * A projection, not a measurement: seconds of `costs` from measured ones, by the line `a + b * cost` through them (least squares;
 * without `a` where it would be negative).
 */
export function projectSeconds(measured, costs) {
    const n = measured.length;
    const sum = (of) => measured.reduce((s, one) => s + of(one), 0);
    const [x, y] = [sum(({ cost }) => cost) / n, sum(({ seconds }) => seconds) / n];
    const spread = sum(({ cost }) => (cost - x) ** 2);
    const slope = spread > 0 ? sum(({ cost, seconds }) => (cost - x) * (seconds - y)) / spread : 0;
    const all = costs.reduce((total, cost) => total + cost, 0);
    const constant = y - slope * x;
    // A line that makes dear candidates cheap, or small ones free, is the noise of few: then in proportion.
    if (slope < 0 || constant < 0)
        return (y / x) * all;
    return constant * costs.length + slope * all;
}
//# sourceMappingURL=report.js.map