// The server of the watch page: for this machine alone, and nothing of it writes.

import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join, sep } from "node:path";
import { watchDocument } from "../../watch/document.ts";
import { assetsOf } from "../assets.ts";
import type { QueueView } from "./watchedQueue.ts";
import { Watcher } from "./watcher.ts";

/** Only this machine. */
const ADDRESS = "127.0.0.1";
export const USUAL_PORT = 4747;
/** Bytes of a file that is served. */
const MOST_BYTES = 2 ** 26;
/** Milliseconds between two empty messages, by which a page notices that the server is gone. */
const BEAT = 15_000;

/** Files of a run that are served, and as what. A report is a page of its own: it gets no access to this one. */
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "grid.png": { "Content-Type": "image/png" },
  "report.html": {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "sandbox allow-scripts allow-downloads",
  },
};

const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

export interface WatchServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the page of all jobs under a folder.
 *
 * @param port default {@link USUAL_PORT}, or another one that is free where it is taken; a given one has to be free.
 * @param queue where jobs of plans wait, if anywhere: closed with the server.
 */
export async function serveWatch(
  folder: string,
  { port, queue }: { readonly port?: number | undefined; readonly queue?: QueueView | undefined } = {},
): Promise<WatchServer> {
  const root = await realpath(folder);
  const watcher = new Watcher(root, queue);
  // "." tells nobody where it is.
  const page = await watchDocument(/[^./\\]/.test(folder) ? folder : root, assetsOf("watch"));
  const server = createServer((request, response) => {
    answer(request, response, { watcher, root, page }).catch(() => {
      if (!response.headersSent) refuse(response, 500);
      else response.destroy();
    });
  });
  try {
    await listen(server, port);
  } catch (error) {
    await watcher.close();
    throw error;
  }
  // Not waited for: the page comes at once, and its lines as soon as all have been looked at.
  void watcher.start();
  const address = server.address() as { readonly port: number };
  return {
    url: `http://${ADDRESS}:${address.port}/`,
    port: address.port,
    async close() {
      await watcher.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<void> {
  const at = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(number, ADDRESS, () => {
        server.off("error", reject);
        resolve();
      });
    });
  if (port !== undefined) return at(port);
  try {
    await at(USUAL_PORT);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    await at(0);
  }
}

interface Served {
  readonly watcher: Watcher;
  readonly root: string;
  readonly page: { readonly text: string; readonly policy: string };
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  // A name that a stranger's page resolves to this machine is none of ours.
  const { port } = request.socket.address() as { readonly port: number };
  if (![`${ADDRESS}:${port}`, `localhost:${port}`].includes(request.headers.host ?? "")) return refuse(response, 403);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
  const path = (request.url ?? "/").split("?")[0]!;
  const { watcher, root, page } = served;
  if (path === "/") {
    const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy };
    return send(response, page.text, headers);
  }
  await watcher.start();
  if (path === "/events") return stream(request, response, watcher);
  const [, id = "", file = ""] = /^\/run\/([0-9a-f]{16})\/([a-z.]+)$/.exec(path) ?? [];
  const run = watcher.run(id);
  if (run === undefined) return refuse(response, 404);
  if (file === "curves") return send(response, JSON.stringify(run.curves()), { "Content-Type": "application/json" });
  const headers = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
  const bytes = headers && (await bytesOf(join(run.path, file), root));
  return bytes === undefined ? refuse(response, 404) : send(response, bytes, headers!);
}

/** A regular file inside the folder; undefined for any other, and for links. */
async function bytesOf(path: string, root: string): Promise<Buffer | undefined> {
  try {
    if (!(await realpath(path)).startsWith(root + sep)) return undefined;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      return stats.isFile() && stats.size <= MOST_BYTES ? await handle.readFile() : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

function stream(request: IncomingMessage, response: ServerResponse, watcher: Watcher): void {
  response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
  const tell = (change: unknown): void => void response.write(`data: ${JSON.stringify(change)}\n\n`);
  tell({ runs: watcher.lines, gone: [], plans: watcher.plans, queue: watcher.queue, all: true });
  const leave = watcher.listen(tell);
  const beat = setInterval(() => response.write(": here\n\n"), BEAT);
  request.on("close", () => {
    clearInterval(beat);
    leave();
  });
}

function send(response: ServerResponse, body: string | Buffer, headers: Readonly<Record<string, string>>): void {
  response.writeHead(200, { ...HEADERS, ...headers });
  response.end(body);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" });
  response.end(`${status}\n`);
}
