// An object store that speaks S3 as a storage. It has to honour conditional writes (`If-None-Match: *`, `If-Match`),
// and to show at once what was written. There is no rename: a PUT is whole or absent by itself.

import { concatBytes } from "../../bytes.ts";
import { DatadamError } from "../../errors.ts";
import { bytesOf, checkPath } from "../memory.ts";
import type { Storage } from "../types.ts";
import { type Answer, requestsTo, type S3Options, type Send } from "./requests.ts";

/** Milliseconds that added lines wait for further ones, and bytes at which they do not. */
const GATHERED = 2000;
const MOST_GATHERED = 2 ** 20;
/** Requests at once where many objects are removed. */
const AT_ONCE = 16;

/** Whether a place is one of an object store. */
export function isS3(place: string): boolean {
  return place.startsWith("s3://");
}

/**
 * An object store as a storage.
 *
 * Lines that are added to a file are gathered for two seconds, since the file is written anew with them: what a kill
 * takes is what was added last. They are there before anything is written afterwards, and before they are read.
 *
 * @param place `s3://BUCKET/PREFIX`
 * @throws DatadamError INVALID_OPTION where that is no place; all methods: IO, BACKEND_UNAVAILABLE without aws4fetch
 */
export function s3(place: string, options: S3Options): Storage {
  const [, bucket, rest = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/.exec(place) ?? [];
  if (bucket === undefined || /(^|\/)(\.{0,2})(\/|$)/.test(rest === "" ? "x" : rest)) {
    throw new DatadamError("INVALID_OPTION", `${JSON.stringify(place)} is no place in an object store`, {
      hint: "Give s3://BUCKET/PREFIX.",
    });
  }
  const send = requestsTo(bucket, options);
  return within({ bucket, send, tails: new Map() }, rest === "" ? "" : `${rest}/`);
}

interface Store {
  readonly bucket: string;
  readonly send: Send;
  /** Files that are added to, by key. */
  readonly tails: Map<string, Tail>;
}

function within(store: Store, prefix: string): Storage {
  const { bucket, send, tails } = store;
  const keyOf = (path: string): string => prefix + checkPath(path);
  /** Writes what was added to a file, or to those below a folder. */
  const settle = async (key: string): Promise<void> => {
    const wanted = [...tails].filter(([one]) => one === key || one.startsWith(`${key}/`) || key === "");
    for (const [, tail] of wanted) await tail.flush();
  };
  const forget = (key: string): void => {
    for (const one of tails.keys()) if (one === key || one.startsWith(`${key}/`)) tails.delete(one);
  };
  const get = async (path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> => {
    const key = keyOf(path);
    await settle(key);
    return send("GET", key, { headers });
  };
  return {
    name: `s3://${bucket}/${prefix}`.replace(/\/$/, ""),
    async read(path) {
      const { status, bytes } = await get(path);
      return status === 404 ? undefined : bytes;
    },
    async readAt(path, position, length) {
      if (length === 0) return new Uint8Array();
      const { status, bytes } = await get(path, { range: `bytes=${position}-${position + length - 1}` });
      if (status === 404)
        throw new DatadamError("IO", `Cannot read s3://${bucket}/${keyOf(path)}: there is no such file`);
      // 416: it begins at the end. 200: a store that knows no ranges.
      if (status === 416) return new Uint8Array();
      return status === 200 ? bytes.slice(position, position + length) : bytes;
    },
    async size(path) {
      const key = keyOf(path);
      await settle(key);
      const { status, headers } = await send("HEAD", key);
      return status === 404 ? undefined : Number(headers.get("content-length"));
    },
    async list(folder) {
      const inside = folder === undefined ? prefix : `${keyOf(folder)}/`;
      await settle(inside.replace(/\/$/, ""));
      return (await keysIn(store, inside, "/"))
        .map((key) => key.slice(inside.length))
        .filter(Boolean)
        .sort();
    },
    async write(path, content) {
      const key = keyOf(path);
      const body = bytesOf(content);
      // What was added to any file before is there before.
      await settle("");
      forget(key);
      await send("PUT", key, { body });
    },
    async create(path, content) {
      const key = keyOf(path);
      const body = bytesOf(content);
      await settle("");
      const { status, uncertain } = await send("PUT", key, { body, headers: { "if-none-match": "*" } });
      if (status !== 412) return true;
      // An earlier try of this very request may be what is there.
      return uncertain && equal((await send("GET", key)).bytes, body);
    },
    async append(path, content, { flush = false } = {}) {
      const key = keyOf(path);
      let tail = tails.get(key);
      if (tail === undefined) {
        tail = new Tail(send, key);
        tails.set(key, tail);
      }
      await tail.add(bytesOf(content));
      if (flush) await tail.flush();
    },
    async remove(path) {
      const key = keyOf(path);
      await settle(key);
      forget(key);
      const keys = [key, ...(await keysIn(store, `${key}/`))];
      for (let at = 0; at < keys.length; at += AT_ONCE)
        await Promise.all(keys.slice(at, at + AT_ONCE).map((one) => send("DELETE", one)));
    },
    async sweep() {},
    at: (folder) => within(store, `${keyOf(folder)}/`),
    async age(path) {
      const { status, headers } = await send("HEAD", keyOf(path));
      const [now, then] = ["date", "last-modified"].map((name) => Date.parse(headers.get(name) ?? ""));
      return status === 404 || !(now! >= 0 && then! >= 0) ? undefined : (now! - then!) / 1000;
    },
  };
}

/** Keys that begin with a prefix; with a delimiter, those up to the next one in place of what lies behind it. */
async function keysIn({ send }: Store, prefix: string, delimiter?: string): Promise<string[]> {
  const found: string[] = [];
  for (let token: string | undefined; ; ) {
    const query = {
      ...{ "list-type": "2", "encoding-type": "url", prefix },
      ...(delimiter !== undefined && { delimiter }),
      ...(token !== undefined && { "continuation-token": token }),
    };
    const { status, bytes } = await send("GET", "", { query });
    if (status === 404) throw new DatadamError("IO", "there is no such bucket", { hint: "Make it first." });
    const text = new TextDecoder().decode(bytes);
    for (const [, key, folder] of text.matchAll(
      /<Contents>.*?<Key>([^<]*)<\/Key>|<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/gs,
    )) {
      found.push(decodeURIComponent((key ?? folder)!.replaceAll("+", " ")));
    }
    token = /<NextContinuationToken>([^<]*)</.exec(text)?.[1];
    if (token === undefined) return found;
    token = token.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  }
}

/** A file that is added to: written anew with what was gathered, as long as nobody else has written it meanwhile. */
class Tail {
  readonly #send: Send;
  readonly #key: string;
  #gathered: Uint8Array[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed: unknown;
  /** What is there, as this one has read or written it last. */
  #there: { readonly bytes: Uint8Array; readonly tag: string | undefined } | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(send: Send, key: string) {
    this.#send = send;
    this.#key = key;
  }

  async add(content: Uint8Array): Promise<void> {
    if (this.#failed !== undefined) {
      const error = this.#failed;
      this.#failed = undefined;
      throw error;
    }
    this.#gathered.push(content);
    if (this.#gathered.reduce((sum, { length }) => sum + length, 0) >= MOST_GATHERED) return this.flush();
    this.#timer ??= setTimeout(() => {
      this.flush().catch((error: unknown) => {
        this.#failed = error;
      });
    }, GATHERED);
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const writing = this.#writing.catch(() => undefined).then(() => this.#write());
    this.#writing = writing;
    return writing;
  }

  async #write(): Promise<void> {
    const pieces = this.#gathered;
    if (pieces.length === 0) return;
    this.#gathered = [];
    try {
      const added = concatBytes(pieces);
      for (;;) {
        this.#there ??= await this.#read();
        const { bytes, tag } = this.#there;
        const body = concatBytes([bytes, added]);
        const headers: Record<string, string> = tag === undefined ? { "if-none-match": "*" } : { "if-match": tag };
        const { status, headers: answer, uncertain } = await this.#send("PUT", this.#key, { body, headers });
        if (status < 300) {
          this.#there = { bytes: body, tag: answer.get("etag") ?? undefined };
          if (this.#there.tag === undefined) this.#there = undefined;
          return;
        }
        // Another has written it, or it is gone; or an earlier try of this very request was obeyed.
        this.#there = await this.#read();
        if (uncertain && equal(this.#there.bytes, body)) return;
      }
    } catch (error) {
      this.#gathered = [...pieces, ...this.#gathered];
      throw error;
    }
  }

  async #read(): Promise<{ readonly bytes: Uint8Array; readonly tag: string | undefined }> {
    const { status, bytes, headers } = await this.#send("GET", this.#key);
    if (status === 404) return { bytes: new Uint8Array(), tag: undefined };
    return { bytes, tag: headers.get("etag") ?? undefined };
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
