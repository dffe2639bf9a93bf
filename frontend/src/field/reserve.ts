/**
 * Room that is kept free for what is being written. What a browser says of free room is made up: Chrome tells every page
 * the same, so that nobody is known by it. So a few megabytes are held here. Where they cannot be held the device is
 * nearly full, and the page says so; where something cannot be kept, they are given up and it is kept in their place.
 */

const PLACE = "paivand-fill-reserve";
const ADDRESS = "/fill/reserve";
export const SIZE = 4_000_000;
/** So long it is not tried anew after there was no room. */
const PAUSE = 30_000;
const TRIES = 8;
/** A browser that is busy with its disk may let this wait for minutes, and nobody waits for it. */
const LONGEST = 3_000;

let refusedAt = 0;

const soon = <Value>(work: Promise<Value>, otherwise: Value): Promise<Value> =>
  Promise.race([work, new Promise<Value>((done) => setTimeout(() => done(otherwise), LONGEST))]);

/** Hold the reserve; false where there is no room for it, true as well where the browser does not say it soon. */
export const hold = (now = Date.now()): Promise<boolean> => soon(held(now), true);

async function held(now: number): Promise<boolean> {
  const caches = globalThis.caches as CacheStorage | undefined;
  if (!caches) {
    return true; // nothing is known, so nothing is said
  }
  if (await caches.match(ADDRESS, { cacheName: PLACE })) {
    return true;
  }
  if (now - refusedAt < PAUSE) {
    return false;
  }
  try {
    await (await caches.open(PLACE)).put(ADDRESS, new Response(new Uint8Array(SIZE)));
    return true;
  } catch {
    refusedAt = now;
    await caches.delete(PLACE).catch(() => false);
    return false;
  }
}

/** Give the reserve up; false where none was held, true as well where the browser does not say it soon. */
export async function giveUp(): Promise<boolean> {
  refusedAt = Date.now();
  return soon(globalThis.caches ? given().catch(() => false) : Promise.resolve(false), true);
}

/** What lies in it goes first: a browser frees a whole store only when nothing holds it any more. */
async function given(): Promise<boolean> {
  const was = await (await globalThis.caches.open(PLACE)).delete(ADDRESS);
  await globalThis.caches.delete(PLACE);
  return was;
}

/** Do `work`; where there is no room for it, once more in the room of the reserve, which the browser frees after a while. */
export async function inReserve(work: () => Promise<void>, isNoRoom: (problem: unknown) => boolean): Promise<void> {
  let left = 0;
  for (;;) {
    try {
      await work();
      return;
    } catch (problem) {
      if (!isNoRoom(problem)) {
        throw problem;
      }
      left = left || ((await giveUp()) ? TRIES : 0);
      left -= 1;
      if (left <= 0) {
        throw problem;
      }
      await new Promise((done) => setTimeout(done, 400));
    }
  }
}
