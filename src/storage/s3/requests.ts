// Signed requests to an object store that speaks S3, tried again where it is busy.

import { DatadamError } from "../../errors.ts";

/** How a store is reached. */
export interface S3Options {
  /** e.g. `https://minio.example:9000`, whose addresses begin with the bucket. Default: AWS's own, by region. */
  readonly endpoint?: string | undefined;
  /** Default `us-east-1`. */
  readonly region?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
}

export interface Request {
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** Whether an earlier try may have been obeyed, although its answer did not come. */
  readonly uncertain: boolean;
}

/** Sends a request for a key. Statuses below 500 that say something about the key are answers: 404, 409, 412, 416. */
export type Send = (method: string, key: string, request?: Request) => Promise<Answer>;

/** Tries of a request, and milliseconds before the second. */
const TRIES = 7;
const FIRST_WAIT = 100;
/** Statuses by which a store says that it is busy. */
const BUSY = new Set([429, 500, 502, 503, 504]);
const TOLD = new Set([404, 412, 416]);

/** Requests to one bucket. */
export function requestsTo(bucket: string, options: S3Options): Send {
  const { endpoint, region = "us-east-1" } = options;
  const base = endpoint === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : `${endpoint}/${bucket}`;
  let client: Promise<Client> | undefined;
  return async (method, key, { query, headers, body } = {}) => {
    client ??= clientOf(region, options);
    const { fetch } = await client;
    const path = key.split("/").map(encodeURIComponent).join("/");
    const address = `${base}/${path}${query === undefined ? "" : `?${new URLSearchParams(query)}`}`;
    const what = `s3://${bucket}/${key}`;
    let uncertain = false;
    for (let left = TRIES - 1; ; left--) {
      let trouble: string;
      try {
        const response = await fetch(address, { method, ...(headers && { headers }), ...(body && { body }) });
        const bytes = new Uint8Array(await response.arrayBuffer());
        const { status } = response;
        // Two conditional writes at once: one of them is to be tried again.
        const busy = BUSY.has(status) || (status === 409 && /Conditional/.test(new TextDecoder().decode(bytes)));
        if (response.ok || TOLD.has(status)) return { status, headers: response.headers, bytes, uncertain };
        if (!busy) throw refused(what, status, bytes);
        trouble = `the store answers ${status}`;
        if (status !== 409) uncertain = true;
      } catch (error) {
        if (error instanceof DatadamError) throw error;
        const { message, cause } = error as Error;
        trouble = cause instanceof Error ? cause.message : message;
        uncertain = true;
      }
      if (left === 0) {
        throw new DatadamError("IO", `Cannot reach ${what}: ${trouble}`, { hint: "The same command resumes." });
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT * 2 ** (TRIES - 1 - left)));
    }
  };
}

interface Client {
  fetch(address: string, init: RequestInit): Promise<Response>;
}

async function clientOf(region: string, { accessKeyId, secretAccessKey, sessionToken }: S3Options): Promise<Client> {
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new DatadamError("INVALID_OPTION", "no key for the object store is given", {
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, on all machines.",
    });
  }
  let library: typeof import("aws4fetch");
  try {
    library = await import("aws4fetch");
  } catch (cause) {
    const hint = "Install it beside this package: npm install aws4fetch";
    throw new DatadamError("BACKEND_UNAVAILABLE", "aws4fetch, which signs for object stores, is not installed here", {
      hint,
      cause,
    });
  }
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const client = new library.AwsClient({ ...keys, region, service: "s3", retries: 0 });
  return { fetch: (address, init) => client.fetch(address, init) };
}

function refused(what: string, status: number, bytes: Uint8Array): DatadamError {
  const code = /<Code>([\w.]+)<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 2000)))?.[1];
  const hint =
    status === 403 || status === 401
      ? "Check the keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), the region, and what they allow."
      : "Check the endpoint (AWS_ENDPOINT_URL), the region and the name of the bucket.";
  return new DatadamError("IO", `The store refuses ${what}: ${status}${code === undefined ? "" : ` ${code}`}`, {
    hint,
  });
}
