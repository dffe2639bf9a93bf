/**
 * The mark that the page for forms without signal leaves for the other pages: how many forms wait in this browser, for
 * which device of the server, and under which name their owner's things lie here. Whoever signs out is asked by it.
 *
 * It is a cookie, so that it is seen without a script as well (paivand/collect/rules/left_here.py), and is kept a second
 * time, because some browsers forget cookies that a script has written.
 */

const COOKIE = "paivand_fill";
const KEPT = "paivand.fill.mark";
const YEAR = 31_536_000;
const GONE = "gone";

const written = (value: string, age: number): void => {
  document.cookie = `${COOKIE}=${value}; path=/; max-age=${age}; samesite=strict${location.protocol === "https:" ? "; secure" : ""}`;
};

const inCookie = (): string => new RegExp(`(?:^|; )${COOKIE}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

/** Whether its owner has signed out, and what lies here is to go. */
export const isGone = (): boolean => inCookie() === GONE;

/** Write down that `n` forms wait here. Once their owner has signed out it stays at that: what lies here is to go. */
export function setMark(n: number, device: string, owner: string): void {
  if (isGone()) {
    return;
  }
  const value = `${n}.${device}.${owner}`;
  localStorage.setItem(KEPT, value);
  if (inCookie() !== value) {
    written(value, YEAR);
  }
}

/** Do `work` while no other tab sets a device up here, or takes away what lies here. */
export function alone<Value>(work: () => Promise<Value>): Promise<Value> {
  // Where a browser has no locks there is no page for forms either: at most something old is taken away.
  const locks = navigator.locks as LockManager | undefined;
  return locks ? (locks.request("paivand-fill-begin", work) as Promise<Value>) : work();
}

/** Nothing lies here any more. */
export function clearMark(): void {
  localStorage.removeItem(KEPT);
  written("", 0);
}

/** How many unsent forms of `owner` lie here; the cookie is there again afterwards where the browser had lost it. */
export function nUnsentOf(owner: string): number {
  const kept = localStorage.getItem(KEPT);
  if (kept && !inCookie()) {
    written(kept, YEAR);
  }
  const [n, , whose] = inCookie().split(".");
  return whose === owner ? Number(n) || 0 : 0;
}
