// Serves the tab to this machine alone.

import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { DatadamError } from "../../errors.ts";
import { HEADERS, pageFiles } from "./page.ts";

const HOST = "127.0.0.1";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the page's files and nothing else, read-only.
 *
 * @param port undefined: any that is free.
 * @param headers of every file. Default: those that isolate the page.
 * @throws DatadamError BACKEND_UNAVAILABLE, IO where the port is taken
 */
export async function servePage(
  port: number | undefined,
  headers: Readonly<Record<string, string>> = HEADERS,
): Promise<Served> {
  const files = pageFiles();
  const server = createServer((request, response) => answer(files, headers, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(
        new DatadamError("IO", `Port ${port} of ${HOST} cannot be used: ${cause.message}`, {
          cause,
          hint: "Give another --port, or none for any that is free.",
        }),
      );
    });
    server.listen(port ?? 0, HOST, resolve);
  });
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  files: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
  { method = "", url = "/" }: IncomingMessage,
  response: ServerResponse,
): void {
  if (method !== "GET" && method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  const name = url.replace(/[?#].*$/s, "").replace(/^\//, "") || "index.html";
  const path = files.get(name);
  if (path === undefined) {
    response
      .writeHead(404, { "Content-Type": "text/plain; charset=utf-8", ...headers })
      .end("There is no such file.\n");
    return;
  }
  const type = TYPES[extname(name)] ?? "application/octet-stream";
  response.writeHead(200, { "Content-Type": type, "Content-Length": statSync(path).size, ...headers });
  if (method === "HEAD") response.end();
  else createReadStream(path).pipe(response);
}
