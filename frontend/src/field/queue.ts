/** Filled forms on their way: each is written down before it is sent, and goes from the device only once it has arrived. */

import * as door from "./door";
import { declaredIn, grown } from "./overlay";
import type { Draft, Owner, Parcel, Photo, Sprout } from "./records";
import * as store from "./store";
import { isOpen, openedKey, tellOthers } from "./vault";

const FIRST_PAUSE = 15_000;
const LONGEST_PAUSE = 15 * 60_000;
/** So long the name and the hour of an arrived form are shown. */
const REMEMBERED = 7 * 24 * 60 * 60 * 1000;

/** How long to wait after so many tries that came to nothing. */
export const pauseAfter = (tries: number): number => Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, tries - 1));

/** Put a filled form into the queue; its draft goes in the same moment, and what it says of families is seen at once. */
export async function post(
  draft: Draft, filled: { xml: string; label: string; photos: readonly Photo[]; bodies: readonly (readonly [string, ArrayBuffer])[] },
): Promise<void> {
  const key = openedKey();
  const now = Date.now();
  const parcel: Parcel = {
    id: draft.id, form: draft.form, title: draft.title, label: filled.label, xml: filled.xml, photos: filled.photos,
    state: "waiting", words: "", status: 0, tries: 0, nextAt: 0, queuedAt: now, arrivedAt: 0,
  };
  const kept = new Set(filled.photos.map((photo) => photo.id));
  await store.write(key, {
    put: [["parcel", parcel.id, parcel], ...(await sproutsOf(parcel, now)).map((one) => ["sprout", one.id, one] as const)],
    photos: filled.bodies,
    remove: [
      ["draft", draft.id],
      ...draft.photos.filter((photo) => !kept.has(photo.id)).map((photo) => ["photo", photo.id] as const),
    ],
  });
  tellOthers();
}

async function sproutsOf(parcel: Parcel, now: number): Promise<Sprout[]> {
  const key = openedKey();
  const form = await store.one(key, "form", parcel.form);
  const parser = new DOMParser();
  const declared = form ? declaredIn(parser.parseFromString(form.xml, "text/xml"), parser.parseFromString(parcel.xml, "text/xml")) : [];
  const made: Sprout[] = [];
  for (const one of declared) {
    const before = await store.one(key, "sprout", `${one.dataset}/${one.entity}`);
    // A form that was refused and sent again carries the same entity once more.
    made.push(before?.parcels.includes(parcel.id) ? before : grown(one, before, parcel.id, now));
  }
  return made;
}

let isSending = false;

/**
 * Send what waits, oldest first, because a change may build upon the one before it. Only one tab sends at a time.
 *
 * Throws `Revoked` where the server turns the device away; everything else leaves its mark on the parcel.
 */
export async function sendAll(owner: Owner, changed: () => void, hurry = false): Promise<void> {
  await navigator.locks.request("paivand-fill-send", { ifAvailable: true }, async (held) => {
    if (!held) {
      return;
    }
    isSending = true;
    try {
      await sendThem(owner, changed, hurry);
    } finally {
      isSending = false;
      changed();
      tellOthers();
    }
  });
}

export const isUnderWay = (): boolean => isSending;

async function sendThem(owner: Owner, changed: () => void, hurry: boolean): Promise<void> {
  const waiting = (await store.all(openedKey(), "parcel"))
    // "sending" is left over from a tab that died while it sent: the server knows it by its number if it did arrive.
    .filter((one) => one.state === "waiting" || one.state === "sending")
    .sort((one, other) => one.queuedAt - other.queuedAt);
  for (const parcel of waiting) {
    if (!isOpen()) {
      return;
    }
    if (!hurry && parcel.nextAt > Date.now()) {
      continue;
    }
    if (!(await sendOne(owner, parcel, changed))) {
      return;
    }
  }
}

/** Send one; whether it is worth trying the next. */
async function sendOne(owner: Owner, parcel: Parcel, changed: () => void): Promise<boolean> {
  const key = openedKey();
  const mark = async (change: Partial<Parcel>, remove: readonly (readonly ["photo", string])[] = []): Promise<void> => {
    await store.write(key, { put: [["parcel", parcel.id, { ...parcel, ...change }]], remove });
    changed();
  };
  const tries = parcel.tries + 1;
  await mark({ state: "sending", tries });
  try {
    const files = await Promise.all(parcel.photos.map(async (one) => ({
      name: one.name, type: one.type, body: new Uint8Array((await store.photo(key, one.id)) ?? new ArrayBuffer(0)),
    })));
    await door.submit(owner, parcel.xml, files);
  } catch (problem) {
    if (problem instanceof door.RefusedByServer) {
      await mark({ state: "refused", tries, words: problem.message, status: problem.status });
      return true;
    }
    await mark({ state: "waiting", tries, nextAt: Date.now() + pauseAfter(tries), words: problem instanceof door.NoAnswer ? problem.message : "" });
    if (problem instanceof door.Revoked || !(problem instanceof door.NoAnswer)) {
      throw problem;
    }
    // Without a line the next one would fare no better; what the server is too busy for must not hold up the others.
    return problem instanceof door.Later;
  }
  // Arrived: its content is the server's now, and need not lie on a phone any longer.
  await mark(
    { state: "arrived", tries, xml: "", photos: [], words: "", arrivedAt: Date.now() }, parcel.photos.map((one) => ["photo", one.id] as const),
  );
  return true;
}

/** Forget the names of what arrived long ago. */
export async function forgetOld(parcels: readonly Parcel[]): Promise<void> {
  const old = parcels.filter((one) => one.state === "arrived" && Date.now() - one.arrivedAt > REMEMBERED);
  if (old.length) {
    await store.write(openedKey(), { remove: old.map((one) => ["parcel", one.id] as const) });
  }
}

/** Send a refused form once more as it is. */
export async function again(parcel: Parcel): Promise<void> {
  await store.write(openedKey(), { put: [["parcel", parcel.id, { ...parcel, state: "waiting", nextAt: 0, words: "" }]] });
  tellOthers();
}

/**
 * Open a refused form as a draft once more. Where the server holds another form under its number (409), it gets a new
 * number, so that what is mended arrives beside it and nothing is lost.
 */
export async function reopen(parcel: Parcel): Promise<Draft> {
  const draft: Draft = {
    id: parcel.id, form: parcel.form, title: parcel.title, label: parcel.label, photos: parcel.photos,
    xml: parcel.status === 409 ? renumbered(parcel.xml) : parcel.xml, begunAt: parcel.queuedAt, savedAt: Date.now(),
  };
  await store.write(openedKey(), { put: [["draft", draft.id, draft]], remove: [["parcel", parcel.id]] });
  tellOthers();
  return draft;
}

export const renumbered = (xml: string): string =>
  xml.replace(/(<(?:\w+:)?instanceID\b[^>]*>)[^<]*(<)/, `$1uuid:${crypto.randomUUID()}$2`);
