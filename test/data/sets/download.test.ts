// Fetching archives from a server of the test's own.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { download, type PublishedFile } from "../../../src/data/index.ts";
import { tree } from "../files.ts";

const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const MD5 = createHash("md5").update(CONTENT).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The whole file, or the range that was asked for. */
const whole: Answer = ({ headers }, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200).end(CONTENT.subarray(from));
};

async function serve(answer: Answer): Promise<{ file: PublishedFile; requested: (string | undefined)[] }> {
  const requested: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requested.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { file: { url: `http://127.0.0.1:${port}/set.tar.gz`, bytes: CONTENT.length, md5: MD5 }, requested };
}

describe("download", () => {
  test("fetches, checks and names a file, and does not fetch it again", async () => {
    const root = join(tree({}), "new");
    const { file, requested } = await serve(whole);
    const told: number[] = [];
    const path = await download(file, root, { onProgress: (done) => told.push(done) });
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect([path, told.at(-1), existsSync(`${path}.partial`)]).toEqual([
      join(root, "set.tar.gz"),
      CONTENT.length,
      false,
    ]);
    await download(file, root);
    expect(requested).toEqual([undefined]);
  });

  test("goes on where the connection broke off", async () => {
    const root = tree({});
    let first = true;
    const { file, requested } = await serve((request, response) => {
      if (!first) return whole(request, response);
      first = false;
      response.writeHead(200, { "content-length": CONTENT.length });
      response.write(CONTENT.subarray(0, 100_000), () => response.destroy());
    });
    await expect(download(file, root)).rejects.toMatchObject({
      code: "IO",
      message: expect.stringContaining("of 300000 bytes"),
    });
    const path = await download(file, root);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(requested[1]).toMatch(/^bytes=\d+-$/);
  });

  test("begins again where the server knows no ranges", async () => {
    const root = tree({ "set.tar.gz.partial": CONTENT.subarray(0, 1000) });
    const { file, requested } = await serve((_, response) => response.writeHead(200).end(CONTENT));
    expect(readFileSync(await download(file, root)).equals(CONTENT)).toBe(true);
    expect(requested).toEqual(["bytes=1000-"]);
  });

  test("throws away what is another file, and leaves what was there", async () => {
    const root = tree({});
    writeFileSync(join(root, "set.tar.gz"), "mine");
    const { file } = await serve((_, response) => response.writeHead(200).end(CONTENT.map((byte) => byte ^ 1)));
    await expect(download(file, root)).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/has the MD5 [0-9a-f]{32}, not [0-9a-f]{32}; it was thrown away/),
    });
    expect(existsSync(join(root, "set.tar.gz.partial"))).toBe(false);
    expect(readFileSync(join(root, "set.tar.gz"), "utf8")).toBe("mine");
  });

  test("refuses more bytes than there should be, and an error of the server", async () => {
    const long = await serve((_, response) => response.writeHead(200).end(Buffer.concat([CONTENT, CONTENT])));
    await expect(download(long.file, tree({}))).rejects.toThrow("sends more than its 300000 bytes");
    const gone = await serve((_, response) => response.writeHead(404).end());
    await expect(download(gone.file, tree({}))).rejects.toThrow("answers 404 Not Found");
  });
});
