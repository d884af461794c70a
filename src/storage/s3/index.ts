// Object stores as storage.

export type { S3Options } from "./requests.ts";
export { isS3, s3 } from "./s3.ts";
