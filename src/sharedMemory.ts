// Memory that threads share, where there is such: pages that are not isolated have none.

/** Whether threads can share memory here. */
export const sharesMemory: boolean = typeof SharedArrayBuffer !== "undefined";

/** Zeros. Memory of one thread where there is no other: the engine then keeps to one (`engine/browser/alone.ts`). */
export function sharedMemory(bytes: number): SharedArrayBuffer {
  return sharesMemory ? new SharedArrayBuffer(bytes) : (new ArrayBuffer(bytes) as unknown as SharedArrayBuffer);
}
