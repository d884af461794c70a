// The service worker of a page on a host: keeps the page's own files, so that it opens and works without a connection.
// While there is one, files come from the host. `writePage` puts two lines before it: what is kept, and its version.

/** Names of all files that the page may need, and of this version of them. */
declare const OWN_FILES: readonly string[];
declare const VERSION: string;

interface Extended extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Extended {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** What is used of a service worker's global scope, which the types of pages lack. */
const scope = globalThis as unknown as {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extended) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetched) => void): void;
};

/** The runtime for graphics cards, 27 MB: kept once it was asked for. */
const LATER = /webgpu|asyncify/;
const PREFIX = "datadam-page ";
const name = `${PREFIX}${VERSION}`;

async function keep(): Promise<void> {
  const cache = await caches.open(name);
  const first = ["./", ...OWN_FILES.filter((file) => !LATER.test(file))];
  await cache.addAll(first.map((file) => new Request(file, { cache: "no-cache" })));
  await scope.skipWaiting();
}

async function begin(): Promise<void> {
  const earlier = (await caches.keys()).filter((other) => other.startsWith(PREFIX) && other !== name);
  await Promise.all(earlier.map((other) => caches.delete(other)));
  // The page that began this one is served from here on, too.
  await scope.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  try {
    const response = await fetch(request);
    if (response.status === 200 && LATER.test(request.url)) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

scope.addEventListener("install", (event) => event.waitUntil(keep()));
scope.addEventListener("activate", (event) => event.waitUntil(begin()));
scope.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
