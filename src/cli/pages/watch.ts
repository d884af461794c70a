// The watch page of the command line: served until Ctrl-C.

import { statSync } from "node:fs";
import { viewQueue } from "../../cluster/node/index.ts";
import { DatadamError } from "../../errors.ts";
import { type QueueView, serveWatch, type WatchServer } from "../../pages/node/index.ts";
import type { Ui } from "../ui.ts";

/** Serves the page of a folder's runs until a signal ends it. */
export async function watchFolder(
  folder: string,
  { port, redis }: { readonly port: number | undefined; readonly redis: string | undefined },
  ui: Ui,
): Promise<void> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new DatadamError("INVALID_OPTION", `${folder} is not a folder`, {
      hint: "Name the folder that the runs are in, such as runs.",
    });
  }
  const server = await serve(folder, port, redis === undefined ? undefined : await viewQueue(redis));
  ui.result(`${server.url}  (Ctrl-C ends it)`, { url: server.url, port: server.port, folder });
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await server.close();
}

async function serve(folder: string, port: number | undefined, queue: QueueView | undefined): Promise<WatchServer> {
  try {
    return await serveWatch(folder, { port, queue });
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== "EADDRINUSE" && code !== "EACCES") throw cause;
    throw new DatadamError("INVALID_OPTION", `--port ${port} is taken or not allowed`, {
      cause,
      hint: "Leave it out: a free one is found.",
    });
  }
}
