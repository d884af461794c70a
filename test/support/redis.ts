// A Redis of its own, whose data outlives it in a folder.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";

/** Why there is none; undefined where there can be one. */
export function redisObstacle(): string | undefined {
  if (spawnSync("redis-server", ["--version"]).status === 0) return undefined;
  return "no redis-server here (apt-get install redis-server)";
}

export interface Redis {
  readonly url: string;
  /** Ends it as an administrator would, and starts it again. */
  restart(): Promise<void>;
  stop(): void;
}

export async function startRedis(folder: string): Promise<Redis> {
  const port = await freePort();
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", folder, "--save", ""];
  const begin = (): ChildProcess => spawn("redis-server", words, { stdio: "ignore" });
  let server = begin();
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      server.kill("SIGTERM");
      await new Promise((resolve) => server.on("close", resolve));
      server = begin();
    },
    stop: () => void server.kill("SIGKILL"),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
