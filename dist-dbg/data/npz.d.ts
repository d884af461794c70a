import type { Dataset } from "../images/types.ts";
import type { FolderOptions } from "./options.ts";
/**
 * Images are uint8 of [n, height, width], [n, height, width, channels] or [n, channels, height, width] with 1 or 3 channels; labels are
 * integers from 0, [n] or [n, 1]. Classes are named by their labels. A validation part is the test part where there is no other.
 * @throws DatadamError INVALID_DATA, IO
 */
export declare function loadNpz(name: string, file: string, options: FolderOptions): Promise<Dataset>;
//# sourceMappingURL=npz.d.ts.map