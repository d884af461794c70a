import { Tensor } from "./tensor.ts";
export interface PoolingOptions {
    /** Default: the window's extent. */
    stride?: number;
    /** Zeros on every side; they count in averages (PyTorch's default). Default 0. */
    padding?: number;
}
/** Mean over windows of `kernel x kernel`. */
export declare function averagePool(x: Tensor, kernel: number, { stride, padding }?: PoolingOptions): Tensor;
/** Maximum over windows of `kernel x kernel`; padding never wins. Of equal maxima the first takes the gradient. */
export declare function maxPool(x: Tensor, kernel: number, { stride, padding }?: PoolingOptions): Tensor;
//# sourceMappingURL=pooling.d.ts.map