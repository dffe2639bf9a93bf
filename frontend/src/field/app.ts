/** What the page knows while the vault is open, and what it does by itself: fetching, sending, locking, wiping. */

import { setMark } from "../mark";
import * as door from "./door";
import * as queue from "./queue";
import type { Attached, Draft, Form, Owner, Parcel, Sprout } from "./records";
import * as reserve from "./reserve";
import * as store from "./store";
import { bringUp } from "./sync";
import * as vault from "./vault";

export interface Memory {
  readonly owner: Owner;
  readonly forms: readonly Form[];
  readonly lists: readonly Attached[];
  readonly drafts: readonly Draft[];
  readonly parcels: readonly Parcel[];
  readonly sprouts: readonly Sprout[];
}

/** What went wrong while forms and lists were fetched. */
export interface Trouble {
  /** The key of a text of ours; "" where the server said it in its own words. */
  readonly key: string;
  readonly words: string;
  /** When it is tried again by itself; 0 where it is not. */
  readonly againAt: number;
}

export type Fetching = { readonly done: number; readonly of: number } | null;

/** After so long without a touch the PIN is asked for again. */
const LOCK_AFTER = 15 * 60_000;
const LOOK_EVERY = 20_000;

let memory: Memory | null = null;
let fetching: Fetching = null;
let trouble: Trouble | null = null;
let trying: ReturnType<typeof setTimeout> | undefined;
let isShort = false;
let touchedAt = Date.now();
let changed: () => void = () => undefined;
let ended: (why: "locked" | "wiped" | "revoked") => void = () => undefined;

export const known = (): Memory | null => memory;
/** Whether the device is nearly full, as it was looked at last. */
export const isShortOfRoom = (): boolean => isShort;
export const isFetching = (): Fetching => fetching;
export const fetchTrouble = (): Trouble | null => trouble;

/** What a problem with fetching tells the worker; null for one that is none of the way's or the device's. */
export function troubleOf(problem: unknown, now: number): Trouble | null {
  if (problem instanceof door.RefusedByServer && problem.message) {
    return { key: "", words: problem.message, againAt: problem.wait ? now + problem.wait : 0 };
  }
  if (problem instanceof door.NoAnswer || problem instanceof door.RefusedByServer) {
    return { key: "fetch_broke_off", words: "", againAt: 0 };
  }
  return store.isNoRoom(problem) ? { key: "no_space", words: "", againAt: 0 } : null;
}

/** Read what lies on the device. False where the vault holds no owner: setting up broke off before it was done. */
export async function reload(): Promise<boolean> {
  const key = vault.openedKey();
  const [owners, forms, files, drafts, parcels, sprouts] = await Promise.all([
    store.all(key, "owner"), store.all(key, "form"), store.all(key, "attached"), store.all(key, "draft"), store.all(key, "parcel"),
    store.all(key, "sprout"),
  ]);
  const owner = owners[0];
  if (!owner || !vault.isOpen()) {
    return false;
  }
  memory = {
    owner, forms, sprouts,
    lists: files.filter((one) => one.id.startsWith("list/")).sort((one, other) => one.name.localeCompare(other.name)),
    drafts: drafts.sort((one, other) => other.savedAt - one.savedAt),
    parcels: parcels.sort((one, other) => other.queuedAt - one.queuedAt),
  };
  noteUnsent();
  changed();
  // Nobody waits for this: the page shows what lies here, and says later that room is short.
  const wasShort = isShort;
  void lookForRoom().then((now) => void (now !== wasShort && memory && changed()));
  return true;
}

/** Tell the other pages how much waits here, so that whoever signs out is asked first; `draft` is one that was just begun. */
export function noteUnsent(draft = ""): void {
  if (memory) {
    const more = draft && !memory.drafts.some((one) => one.id === draft) ? 1 : 0;
    setMark(nUnsent() + more, memory.owner.device, memory.owner.mark);
  }
}

/** Look how much room is left; true where it is little. */
export async function lookForRoom(): Promise<boolean> {
  ({ isShort } = await room());
  return isShort;
}

async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (problem) {
    if (problem instanceof door.Revoked) {
      await vault.wipeEverywhere();
      end("revoked");
    } else if (problem instanceof door.AccessEnded) {
      await letListsGo();
    } else if (!(problem instanceof vault.Locked)) {
      throw problem;
    }
  }
}

/**
 * The access ended, and may begin again: nobody's families stay here meanwhile, and no form is begun. What was not sent
 * stays sealed; where there is none of it, everything goes.
 */
async function letListsGo(): Promise<void> {
  if (nUnsent() === 0) {
    await vault.wipeEverywhere();
    return end("revoked");
  }
  const key = vault.openedKey();
  const forms = await store.all(key, "form");
  await store.write(key, {
    put: forms.map((one) => ["form", one.id, { ...one, offered: false }] as const),
    remove: (await store.all(key, "attached")).map((one) => ["attached", one.id] as const),
  });
  vault.tellOthers();
  trouble = { key: "access_ended", words: "", againAt: 0 };
  await reload();
}

/** Send what waits. `hurry`: now, however often it failed before. */
export const send = (hurry = false): Promise<void> => quietly(async () => {
  if (memory && vault.isOpen() && (navigator.onLine || hurry)) {
    const before = memory.parcels.filter((one) => one.state === "waiting").length;
    await queue.sendAll(memory.owner, () => void (vault.isOpen() && reload()), hurry);
    if (vault.isOpen() && before) {
      await reload();
    }
  }
});

/** Fetch forms and lists. */
export const fetchAll = (): Promise<void> => quietly(() => navigator.locks.request("paivand-fill-fetch", { ifAvailable: true }, async (held) => {
  // What another tab fetches is seen here as well.
  if (!memory || fetching || !held) {
    return;
  }
  clearTimeout(trying);
  fetching = { done: 0, of: 0 };
  trouble = null;
  changed();
  try {
    await bringUp(memory.owner, (done, of) => {
      fetching = { done, of };
      changed();
    });
  } catch (problem) {
    trouble = troubleOf(problem, Date.now());
    if (!trouble) {
      throw problem;
    }
    if (trouble.againAt) {
      trying = setTimeout(() => void (vault.isOpen() && fetchAll()), trouble.againAt - Date.now());
    }
  } finally {
    fetching = null;
  }
  await reload();
}));

/** Ask the browser to wake this page when there is signal, where it can. */
export async function askToBeWoken(): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration("/fill/")) as
    | (ServiceWorkerRegistration & { readonly sync?: { register(tag: string): Promise<void> } })
    | undefined;
  await registration?.sync?.register("send").catch(() => undefined);
}

function end(why: "locked" | "wiped" | "revoked"): void {
  vault.lock();
  clearTimeout(trying);
  memory = null;
  fetching = null;
  trouble = null;
  ended(why);
}

export const isSendingNow = queue.isUnderWay;

export function lockNow(): void {
  vault.lockEverywhere();
  end("locked");
}

/** Sign this device out: tell the server if there is signal, and take everything away. */
export async function leave(): Promise<void> {
  const owner = memory?.owner;
  if (owner && navigator.onLine) {
    const body = new URLSearchParams({ token: owner.token });
    await fetch("/fill/leave/", { method: "POST", body, credentials: "omit", signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  }
  await vault.wipeEverywhere();
  end("wiped");
}

export interface Room {
  readonly used: number;
  /** Null where the browser tells everybody the same. */
  readonly free: number | null;
  /** Whether the browser may not take away what lies here. */
  readonly isKept: boolean;
  readonly isShort: boolean;
}

/** Chrome tells whole gibibytes beyond what is used, whatever the device has. */
const MADE_UP = 2 ** 30;

/** How much room the device has. */
export async function room(): Promise<Room> {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const left = Math.max(0, quota - usage);
  const free = quota === 0 || (left > 0 && left % MADE_UP === 0) ? null : left;
  const isKept = (await navigator.storage?.persisted?.()) ?? false;
  return { used: usage, free, isKept, isShort: !(await reserve.hold()) || (free !== null && free < 50_000_000) };
}

export const askToKeep = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;

/** Whether anything on the device has not arrived yet. */
export const nUnsent = (): number => (memory?.parcels.filter((one) => one.state !== "arrived").length ?? 0) + (memory?.drafts.length ?? 0);

/** Begin to look after the device. */
export function watch(onChange: () => void, onEnd: (why: "locked" | "wiped" | "revoked") => void): void {
  changed = onChange;
  ended = onEnd;
  for (const name of ["pointerdown", "keydown", "input"]) {
    addEventListener(name, () => (touchedAt = Date.now()), { passive: true, capture: true });
  }
  const look = (): void => {
    if (vault.isOpen() && Date.now() - touchedAt > LOCK_AFTER) {
      end("locked"); // this tab alone: somebody may be at work in another one
    } else {
      void send();
    }
  };
  setInterval(look, LOOK_EVERY);
  document.addEventListener("visibilitychange", look);
  addEventListener("online", () => {
    changed();
    void send(true).then(fetchAll);
  });
  addEventListener("offline", () => changed());
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "send" && void send(true));
  vault.hearOthers(() => void (vault.isOpen() && reload()), end);
}
