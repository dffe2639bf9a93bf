/**
 * The worker of /fill/. The server writes the list of the page's files above it (see paivand/collect/views/browser.py), so
 * that each version of the program has its own.
 *
 * It keeps the empty page and its files, and nothing else: no answer of the server with anybody's data goes through here.
 */

export {};

interface Shell {
  readonly version: string;
  readonly page: string;
  /** Where the built files lie, those of other versions as well. */
  readonly root: string;
  readonly files: readonly string[];
}

interface Worker {
  readonly PAIVAND_SHELL: Shell;
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; matchAll(): Promise<readonly { postMessage(data: unknown): void }[]> };
  skipWaiting(): Promise<void>;
  addEventListener(name: string, heard: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  readonly request: Request;
  readonly data: unknown;
  readonly tag: string;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

const worker = self as unknown as Worker;
const shell = worker.PAIVAND_SHELL;
const PREFIX = "paivand-fill-";
const cacheName = PREFIX + shell.version;
/** Room that the page keeps free (reserve.ts): no version of anything. */
const RESERVE = "paivand-fill-reserve";

async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  const wanted = [shell.page, ...shell.files];
  await Promise.all(wanted.map(async (address) => {
    // Files carry a digest in their names, so those of another version that are still the same need not be fetched again.
    const held = address === shell.page ? undefined : await caches.match(address);
    const answer = held ?? (await fetch(address, { cache: "no-cache", credentials: "omit", redirect: "error" }));
    if (!answer.ok) {
      throw new Error(`${address}: ${answer.status}`);
    }
    await cache.put(address, answer);
  }));
}

async function clear(): Promise<void> {
  const others = (await caches.keys()).filter((key) => key.startsWith(PREFIX) && ![cacheName, RESERVE].includes(key));
  // The files of the version before stay: a page that is still open may ask for one that it has not needed yet.
  await Promise.all(others.slice(0, -1).map((key) => caches.delete(key)));
  await worker.clients.claim();
}

async function answer(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(address)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(clear()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") {
    event.waitUntil(worker.skipWaiting());
  }
});
worker.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== worker.location.origin || event.request.method !== "GET") {
    return;
  }
  if (pathname === shell.page && event.request.mode === "navigate") {
    event.respondWith(answer(shell.page, event.request));
  } else if (shell.files.includes(pathname)) {
    event.respondWith(answer(pathname, event.request));
  } else if (pathname.startsWith(shell.root)) {
    event.respondWith(caches.match(pathname).then((held) => held ?? fetch(event.request)));
  }
});
// The browser found signal: an open page sends. The queue is sealed with the PIN, so nothing can be sent without one.
worker.addEventListener("sync", (event) => {
  if (event.tag === "send") {
    event.waitUntil(worker.clients.matchAll().then((pages) => pages.forEach((one) => one.postMessage("send"))));
  }
});
