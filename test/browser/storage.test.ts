// The storages of a browser, in real Chromium: what every storage promises, a job that goes on, claims of pages.

import { afterAll, describe, expect, it } from "vitest";
import { DatadamError, type ErrorCode } from "../../src/errors.ts";
import type { Storage } from "../../src/storage/index.ts";
import { storageContract } from "../storage/contract.ts";
import { openChromium, serve } from "../support/chromium.ts";
import { sourceBundle } from "../support/sourceBundle.ts";

type Bundled = typeof import("../../src/storage/browser/index.ts") & typeof import("../../src/storage/index.ts");
type Kind = "opfs" | "indexedDb";

const browser = await openChromium();
const bundle = browser && (await sourceBundle(["storage/browser/index.ts", "storage/index.ts"]));
const server = bundle && (await serve(bundle.folder, { isolated: true }));
// Pages of one context share storage and locks.
const context = await browser?.newContext();
const page = await context?.newPage();
await page?.goto(server!.url);
afterAll(async () => {
  await browser?.close();
  server?.close();
  bundle?.remove();
});

let count = 0;

/** What crosses between page and test: bytes as lists of numbers. */
type Crossing = string | number | boolean | undefined | { readonly bytes: number[] };

/** A storage of the page, seen from here. */
function remote(kind: Kind, folders: readonly string[] = [`test-${count++}`]): Storage {
  const call = async (method: string, ...given: unknown[]): Promise<never> => {
    const sent = given.map((value) => (value instanceof Uint8Array ? { bytes: [...value] } : value));
    const answer = await page!.evaluate(
      async ({ kind, folders: [root, ...below], method, sent }) => {
        const bundled: Bundled = datadam;
        const back = (value: unknown): unknown =>
          typeof value === "object" && value !== null && "bytes" in value
            ? Uint8Array.from((value as { bytes: number[] }).bytes)
            : (value ?? undefined);
        try {
          let storage = bundled[kind](root!);
          for (const folder of below) storage = storage.at(folder);
          const work = storage[method as "read"] as (...args: unknown[]) => Promise<unknown>;
          const result = await work.apply(storage, sent.map(back));
          return { result: result instanceof Uint8Array ? { bytes: [...result] } : result };
        } catch (error) {
          const { name, message, code } = error as Error & { code?: string };
          return { error: { name, message, code } };
        }
      },
      { kind, folders, method, sent: sent as Crossing[] },
    );
    const { error, result } = answer as { error?: { name: string; message: string; code: string }; result?: Crossing };
    if (error?.name === "RangeError") throw new RangeError(error.message);
    if (error !== undefined) throw new DatadamError(error.code as ErrorCode, error.message);
    return (typeof result === "object" && "bytes" in result ? Uint8Array.from(result.bytes) : result) as never;
  };
  return {
    name: kind,
    read: (path) => call("read", path),
    readAt: (path, position, length) => call("readAt", path, position, length),
    size: (path) => call("size", path),
    list: (folder) => call("list", folder),
    write: (path, content) => call("write", path, content),
    create: (path, content) => call("create", path, content),
    append: (path, content, options) => call("append", path, content, options),
    remove: (path) => call("remove", path),
    sweep: (folder) => call("sweep", folder),
    at: (folder) => remote(kind, [...folders, folder]),
  };
}

describe.skipIf(browser === undefined).each<Kind>(["opfs", "indexedDb"])("%s", (kind) => {
  storageContract(() => remote(kind));

  it("creates a file once, by several pages at a time", async () => {
    const pages = await Promise.all([context!.newPage(), context!.newPage()]);
    const made = await Promise.all(
      pages.map(async (one) => {
        await one.goto(server!.url);
        return one.evaluate(async (kind) => {
          const bundled: Bundled = datadam;
          const storage = bundled[kind]("several");
          let won = 0;
          for (let i = 0; i < 20; i++) won += (await storage.create(`file ${i}`, "x")) ? 1 : 0;
          return won;
        }, kind);
      }),
    );
    expect(made[0]! + made[1]!).toBe(20);
    for (const one of pages) await one.close();
  });

  it("reads a file that another page replaces again and again, whole each time", async () => {
    const pages = await Promise.all([context!.newPage(), context!.newPage()]);
    for (const one of pages) await one.goto(server!.url);
    const [writes, reads] = pages.map(
      (one, reader) => () =>
        one.evaluate(
          async ({ kind, reader }) => {
            const bundled: Bundled = datadam;
            const storage = bundled[kind]("replaced");
            if (reader === 0) {
              for (let i = 0; i < 300; i++) await storage.write("file", String(i % 10).repeat(1000 + i));
              await storage.write("end", "");
              return 0;
            }
            let read = 0;
            for (; (await storage.read("end")) === undefined; read++) {
              const text = new TextDecoder().decode(await storage.read("file"));
              if (text.length > 0 && text !== text[0]!.repeat(text.length)) throw new Error(text);
              await storage.readAt("file", 5, 10).catch((error) => {
                if (!/no such file/.test(error.message)) throw error;
              });
            }
            return read;
          },
          { kind, reader },
        ),
    );
    const [, read] = await Promise.all([writes!(), reads!()]);
    expect(read).toBeGreaterThan(10);
    for (const one of pages) await one.close();
  });
});

describe.skipIf(browser === undefined)("owners", () => {
  it("live as long as their page", async () => {
    const other = await context!.newPage();
    await other.goto(server!.url);
    const owner = await other.evaluate(async () => {
      const { thisPage }: Bundled = datadam;
      return thisPage();
    });
    const alive = () =>
      page!.evaluate(async (owner) => {
        const { livingPages }: Bundled = datadam;
        const isAlive = await livingPages();
        return [isAlive(owner), isAlive({ id: "another" })];
      }, owner);
    expect(await alive()).toEqual([true, undefined]);
    await other.close();
    await expect.poll(alive, { timeout: 60_000 }).toEqual([false, undefined]);
  });
});
