/** `target[y][x] = source[y + dy][x + dx]`, zero outside. Its adjoint is the shift by (-dx, -dy). */
export declare function shiftImage(source: Float32Array, target: Float32Array, at: number, planes: number, height: number, width: number, dx: number, dy: number): void;
/** Zeroes rows [top, bottom) by columns [left, right), clipped to the image. Its own adjoint. */
export declare function cutImage(source: Float32Array, target: Float32Array, at: number, planes: number, height: number, width: number, top: number, left: number, bottom: number, right: number): void;
/** Mirrors left to right where `flipped`, else copies. Its own adjoint. */
export declare function flipImage(source: Float32Array, target: Float32Array, at: number, planes: number, height: number, width: number, flipped: boolean): void;
//# sourceMappingURL=moves.d.ts.map