// A place that a user names as a storage: a folder of the disk, or one of an object store.

import { isS3, s3 } from "../s3/index.ts";
import type { Storage } from "../types.ts";
import { folder } from "./folder.ts";

/**
 * `s3://BUCKET/PREFIX`, reached as the environment says (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), or a folder.
 *
 * @throws DatadamError INVALID_OPTION
 */
export function storageAt(place: string): Storage {
  if (!isS3(place)) return folder(place);
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return s3(place, {
    endpoint: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL)?.replace(/\/+$/, ""),
    region: AWS_REGION ?? AWS_DEFAULT_REGION,
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  });
}
