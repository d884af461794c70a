// An object store as storage: what every storage promises, over a store that checks signatures and conditions.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claim, type Storage, textOf } from "../../src/storage/index.ts";
import { s3 } from "../../src/storage/s3/index.ts";
import { KEYS, type ObjectStore, startObjectStore } from "../support/objectStore.ts";
import { FakeClock } from "./clock.ts";
import { storageContract } from "./contract.ts";

let store: ObjectStore;
beforeAll(async () => {
  store = await startObjectStore("bucket");
});
afterAll(() => store.close());
beforeEach(() => {
  store.objects.clear();
  store.requests.splice(0);
  store.faults.splice(0);
});
const at = (place: string, options: object = {}): Storage =>
  s3(place, { endpoint: store.endpoint, ...KEYS, ...options });

describe("an object store", () => {
  storageContract(() => at("s3://bucket/some/prefix/"));
});

describe("an object store at the top of its bucket", () => {
  storageContract(() => at("s3://bucket"));
});

describe("an object store, beside what every storage promises,", () => {
  it("lists pages of names of any letters, and removes all that is below a folder and nothing beside it", async () => {
    const storage = at("s3://bucket/p");
    const names = ["a b", "c+d", "e&<f>", "ü", "'(!)*", "g%20", "h?i#j"];
    for (const name of names) await storage.write(`x/${name}/1`, name);
    await storage.write("x/file", "y");
    await storage.write("xy", "z");
    expect(await storage.list("x")).toEqual([...names.map((name) => `${name}/`), "file"].sort());
    for (const name of names) expect(await textOf(storage, `x/${name}/1`)).toBe(name);
    await storage.remove("x");
    expect([...store.objects.keys()]).toEqual(["p/xy"]);
  });

  it("tries again where the store is busy, and not where it refuses", async () => {
    const storage = at("s3://bucket/p");
    store.faults.push({ status: 503 }, { status: 500 }, "cut");
    await storage.write("a", "x");
    expect(await textOf(storage, "a")).toBe("x");
    const wrong = at("s3://bucket/p", { secretAccessKey: "other" });
    store.requests.splice(0);
    await expect(wrong.read("a")).rejects.toThrow("The store refuses s3://bucket/p/a: 403 SignatureDoesNotMatch");
    expect(store.requests).toHaveLength(1);
    await expect(at("s3://other/p").list()).rejects.toMatchObject({ code: "IO" });
    const keyless = at("s3://bucket/p", { accessKeyId: undefined });
    await expect(keyless.read("a")).rejects.toMatchObject({ code: "INVALID_OPTION", hint: /AWS_ACCESS_KEY_ID/ });
  });

  it("creates a file once, also where the answer was lost and the request is sent again", async () => {
    const storage = at("s3://bucket/p");
    store.faults.push("cut");
    expect(await storage.create("mine", "me")).toBe(true);
    expect(await storage.create("mine", "me")).toBe(false);
    await storage.write("theirs", "they");
    store.faults.push({ status: 500 });
    expect(await storage.create("theirs", "me")).toBe(false);
    expect(await textOf(storage, "theirs")).toBe("they");
  });

  it("gathers lines that are added, and has them before what is written afterwards", async () => {
    const storage = at("s3://bucket/p");
    const [one, other] = [storage.at("a"), at("s3://bucket/p/a")];
    for (let i = 0; i < 100; i++) await one.append("rows", `${i}\n`);
    expect(store.requests).toEqual([]);
    await storage.write("checkpoint", "x");
    expect(store.requests.filter((line) => line.startsWith("PUT"))).toEqual(["PUT /bucket/p/a/rows", "PUT /bucket/p/checkpoint"]); // biome-ignore format: two lines
    expect((await textOf(other, "rows"))!.split("\n")).toHaveLength(101);
    // Another adds to the same file: nothing of either is lost.
    await one.append("rows", "one\n");
    await other.append("rows", "other\n", { flush: true });
    await one.append("rows", "", { flush: true });
    expect((await textOf(storage, "a/rows"))!.slice(-10)).toBe("other\none\n");
    store.faults.push("cut");
    await one.append("rows", "once\n", { flush: true });
    expect((await textOf(storage, "a/rows"))!.slice(-9)).toBe("one\nonce\n");
    // By itself, after a while.
    await one.append("rows", "late\n");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(store.objects.get("p/a/rows")!.bytes.toString().slice(-5)).toBe("late\n");
  });

  it("knows how old a file is by the clock of the store", async () => {
    const storage = at("s3://bucket/p");
    await storage.write("a", "x");
    store.objects.set("p/a", { ...store.objects.get("p/a")!, modified: new Date(Date.now() - 60_000) });
    expect(await storage.age!("a")).toBeCloseTo(60, -1);
    expect(await storage.age!("b")).toBeUndefined();
  });

  it("has claims: of many one wins, and who was taken over writes nothing", async () => {
    const clock = new FakeClock();
    const attempts = Array.from({ length: 6 }, (_, i) =>
      claim(at("s3://bucket/run"), { owner: { id: `${i}` }, isAlive: () => true, clock }),
    );
    const won = (await Promise.allSettled(attempts)).filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    const first = (won[0] as PromiseFulfilledResult<Awaited<(typeof attempts)[0]>>).value;
    const next = await claim(at("s3://bucket/run"), { owner: { id: "next" }, isAlive: () => false, clock });
    await expect(first.storage.write("result", "late")).rejects.toMatchObject({ code: "CLAIM_LOST" });
    await next.storage.write("result", "new");
    expect(await textOf(at("s3://bucket/run"), "result")).toBe("new");
  });

  it.each(["s3://", "s3://B/x", "s3://bucket//x", "s3://bucket/../x", "s3://bucket/a/./b", "folder"])(
    "is no place: %s",
    (place) => {
      expect(() => at(place)).toThrow(/is no place in an object store/);
    },
  );
});
