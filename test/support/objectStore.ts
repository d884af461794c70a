// A small object store that speaks S3, for tests: conditional writes, listing by prefix and page, signatures that are
// checked.

import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

export interface ObjectStore {
  readonly endpoint: string;
  readonly objects: Map<string, { readonly bytes: Buffer; readonly tag: string; readonly modified: Date }>;
  /** Requests so far, such as `PUT /bucket/a`. */
  readonly requests: string[];
  /** What happens to the next requests instead: an answer before, or a cut after, the store has obeyed. */
  readonly faults: ({ readonly status: number } | "cut")[];
  close(): Promise<void>;
}

export const KEYS = { accessKeyId: "AKID", secretAccessKey: "secret/+", region: "here-1" } as const;
/** The environment of a program that uses the store. */
export function environmentOf({ endpoint }: ObjectStore): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: KEYS.region,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
}

/** Keys that a page of a listing has. */
const PAGE = 3;

export async function startObjectStore(bucket: string): Promise<ObjectStore> {
  const objects: ObjectStore["objects"] = new Map();
  const requests: string[] = [];
  const faults: ObjectStore["faults"] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const fault = faults.shift();
      if (fault !== undefined && fault !== "cut") return void response.writeHead(fault.status).end();
      const { status, headers = {}, body = "" } = answer(request, Buffer.concat(pieces));
      if (fault === "cut") return void response.destroy();
      response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
      response.end(request.method === "HEAD" ? undefined : body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };

  function answer(request: IncomingMessage, body: Buffer): Answer {
    const { method = "GET", url = "/" } = request;
    requests.push(`${method} ${url}`);
    if (!isSigned(request)) return error(403, "SignatureDoesNotMatch");
    const { pathname, searchParams } = new URL(url, "http://store");
    const [, named, ...rest] = pathname.split("/").map(decodeURIComponent);
    if (named !== bucket) return error(404, "NoSuchBucket");
    const key = rest.join("/");
    if (key === "") return list(searchParams);
    const there = objects.get(key);
    if (method === "PUT") {
      const { "if-none-match": none, "if-match": match } = request.headers;
      if (none === "*" && there !== undefined) return error(412, "PreconditionFailed");
      if (match !== undefined && there === undefined) return error(404, "NoSuchKey");
      if (match !== undefined && match !== there?.tag) return error(412, "PreconditionFailed");
      const tag = `"${createHash("md5").update(body).digest("hex")}"`;
      objects.set(key, { bytes: body, tag, modified: new Date() });
      return { status: 200, headers: { etag: tag } };
    }
    if (method === "DELETE") {
      objects.delete(key);
      return { status: 204 };
    }
    if (there === undefined) return error(404, "NoSuchKey");
    const headers = { etag: there.tag, "last-modified": there.modified.toUTCString() };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined) {
      return { status: 200, headers: { ...headers, "content-length": there.bytes.length }, body: there.bytes };
    }
    if (Number(from) >= there.bytes.length) return error(416, "InvalidRange");
    return { status: 206, headers, body: there.bytes.subarray(Number(from), Number(to) + 1) };
  }

  function list(query: URLSearchParams): Answer {
    const [prefix, delimiter, token] = ["prefix", "delimiter", "continuation-token"].map((name) => query.get(name));
    const found = new Set<string>();
    for (const key of objects.keys()) {
      if (!key.startsWith(prefix ?? "")) continue;
      const end = delimiter ? key.indexOf(delimiter, prefix!.length) : -1;
      found.add(end < 0 ? key : key.slice(0, end + 1));
    }
    // The token is opaque, and needs to be escaped.
    const all = [...found].sort().filter((name) => token === null || `<&>${name}` > token!);
    const page = all.slice(0, PAGE);
    const encoded = (name: string): string => encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%20", "+");
    const escaped = (text: string): string =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const lines = page.map((name) =>
      delimiter && name.endsWith(delimiter)
        ? `<CommonPrefixes><Prefix>${encoded(name)}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${encoded(name)}</Key><Size>1</Size></Contents>`,
    );
    if (all.length > PAGE) lines.push(`<NextContinuationToken>${escaped(`<&>${page.at(-1)}`)}</NextContinuationToken>`);
    const head = `<Prefix>${encoded(prefix ?? "")}</Prefix><EncodingType>url</EncodingType>`;
    return { status: 200, body: `<?xml version="1.0"?><ListBucketResult>${head}${lines.join("")}</ListBucketResult>` };
  }

  return {
    ...{ objects, requests, faults },
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
}

function error(status: number, code: string): Answer {
  return { status, body: `<Error><Code>${code}</Code></Error>` };
}

/** The signature of version 4, computed again from what came. */
function isSigned({ method, url = "/", headers }: IncomingMessage): boolean {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/; // biome-ignore format: one pattern
  const [, id, day, region, names, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  if (id !== KEYS.accessKeyId || region !== KEYS.region || names === undefined) return false;
  const time = String(headers["x-amz-date"]);
  if (!time.startsWith(day!)) return false;
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const sign = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const [sent, query = ""] = url.split("?");
  const path = sent!.split("/").map(decodeURIComponent).map(strict).join("/");
  const sorted = [...new URLSearchParams(query)]
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .sort()
    .join("&");
  // What makes a write conditional has to be signed, lest it be taken away on the way.
  for (const name of ["host", "if-match", "if-none-match"]) {
    if (headers[name] !== undefined && !names.split(";").includes(name)) return false;
  }
  const lines = names.split(";").map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, sorted, lines.join(""), names, headers["x-amz-content-sha256"]].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day!, region, "s3", "aws4_request"].reduce<string | Buffer>(sign, `AWS4${KEYS.secretAccessKey}`);
  return sign(key, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex") === signature;
}

function strict(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
