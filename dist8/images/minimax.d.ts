/** `x (a + b x² + c x⁴)`, which maps the interval it was made for into `[low, high]`. */
export interface Quintic {
    readonly a: number;
    readonly b: number;
    readonly c: number;
    readonly low: number;
    readonly high: number;
}
/**
 * Minimises `max |1 - p(x)|` over `[low, high]`, by Remez exchange: the error takes its largest size, with alternating
 * sign, at both ends and at the two stationary points of `p` between them. Composing such steps, each for the image of
 * the last, is optimal among compositions of that length (Amsel et al., "The Polar Express", arXiv 2505.16932, section 3).
 */
export declare function minimaxQuintic(low: number, high: number): Quintic;
//# sourceMappingURL=minimax.d.ts.map