import type { Normalization, TestedDataset } from "../images/types.ts";
/** One of the sets. */
export interface MnistLike {
    /** e.g. `fashion-mnist`. */
    readonly name: string;
    readonly title: string;
    readonly url: string;
    /** Folders below the user's place where its files may be. */
    readonly folders: readonly string[];
    readonly classNames: readonly string[];
    /** What stands before `train-images-idx3-ubyte`, and instead of `t10k` before the test files. Default `["", "t10k"]`. */
    readonly prefixes?: readonly [files: string, test: string];
    /** The label of the first class. Default 0. */
    readonly firstLabel?: number;
    /** Whether images lie on their side, rows for columns. */
    readonly transposed?: boolean;
    /** Computed on the training images where there are no published constants. */
    readonly normalization?: Normalization;
    readonly flippable?: boolean;
}
/**
 * @param dir the folder that holds the four files, gzipped or not, or a folder with it inside, such as that of `MNIST/raw`
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one is damaged
 */
export declare function loadMnist(like: MnistLike, dir: string | undefined, maxBytes: number): Promise<TestedDataset>;
//# sourceMappingURL=mnist.d.ts.map