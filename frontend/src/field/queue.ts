/** Filled forms on their way: each is written down before it is sent, and goes from the device only once it has arrived. */

import * as door from "./door";
import { asEdit, asFirst, numberOf } from "./numbers";
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

/** One tab at a time: what is read here and written in the same breath is not overtaken by another tab. */
const alone = <Value>(work: () => Promise<Value>): Promise<Value> => navigator.locks.request("paivand-fill-queue", work) as Promise<Value>;

/** Put a filled form into the queue; its draft goes in the same moment, and what it says of families is seen at once. */
export const post = (
  draft: Draft, filled: { xml: string; label: string; photos: readonly Photo[]; bodies: readonly (readonly [string, ArrayBuffer])[] },
): Promise<void> => alone(async () => {
  const key = openedKey();
  const now = Date.now();
  const parcel: Parcel = {
    id: draft.id, form: draft.form, title: draft.title, label: filled.label, photos: filled.photos,
    xml: draft.heldAs ? asEdit(filled.xml, draft.heldAs) : filled.xml,
    state: "waiting", words: "", status: 0, reason: "", isHeld: false, heldAs: draft.heldAs, tries: 0, nextAt: 0, queuedAt: now, arrivedAt: 0,
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
});

async function sproutsOf(parcel: Parcel, now: number): Promise<Sprout[]> {
  const key = openedKey();
  const form = await store.one(key, "form", parcel.form);
  const parser = new DOMParser();
  const declared = form ? declaredIn(parser.parseFromString(form.xml, "text/xml"), parser.parseFromString(parcel.xml, "text/xml")) : [];
  const made: Sprout[] = [];
  for (const one of declared) {
    const before = await store.one(key, "sprout", `${one.dataset}/${one.entity}`);
    // A form that was refused and sent again carries the same entity once more, as it was mended.
    made.push(before?.parcels.includes(parcel.id)
      ? { ...before, label: one.label || before.label, values: { ...before.values, ...one.values } } : grown(one, before, parcel.id, now));
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
  for (const { id } of waiting) {
    if (!isOpen()) {
      return;
    }
    // While the one before it was on its way another tab may have done something with this one.
    const parcel = await store.one(openedKey(), "parcel", id);
    if (!parcel || !["waiting", "sending"].includes(parcel.state) || (!hurry && parcel.nextAt > Date.now())) {
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
  let { isHeld } = parcel;
  const mark = async (change: Partial<Parcel>): Promise<void> => {
    // Where there is no room for the mark it is sent all the same: that is what makes room.
    await store.write(key, { put: [["parcel", parcel.id, { ...parcel, isHeld, ...change }]] }).catch((problem: unknown) => {
      if (!store.isNoRoom(problem)) {
        throw problem;
      }
    });
    changed();
  };
  const tries = parcel.tries + 1;
  await mark({ state: "sending", tries });
  try {
    const files = await Promise.all(parcel.photos.map(async (one) => ({
      name: one.name, type: one.type, body: new Uint8Array((await store.photo(key, one.id)) ?? new ArrayBuffer(0)),
    })));
    await door.submit(owner, parcel.xml, files, () => {
      isHeld = true;
    });
  } catch (problem) {
    if (problem instanceof door.RefusedByServer) {
      isHeld ||= HELD.has(problem.reason);
      await mark({ state: "refused", tries, words: problem.message, status: problem.status, reason: problem.reason });
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
  const gone = parcel.photos.map((one) => ["photo", one.id] as const);
  const arrived: Parcel = { ...parcel, state: "arrived", tries, xml: "", photos: [], words: "", reason: "", isHeld: false, arrivedAt: Date.now() };
  try {
    await store.write(key, { put: [["parcel", parcel.id, arrived]], remove: gone });
  } catch (problem) {
    if (!store.isNoRoom(problem)) {
      throw problem;
    }
    // No room even for its name: then that goes as well.
    await store.write(key, { remove: [["parcel", parcel.id], ...gone] });
  }
  changed();
  return true;
}

/** Forget the names of what arrived long ago. */
export async function forgetOld(parcels: readonly Parcel[]): Promise<void> {
  const old = parcels.filter((one) => one.state === "arrived" && Date.now() - one.arrivedAt > REMEMBERED);
  if (old.length) {
    await store.write(openedKey(), { remove: old.map((one) => ["parcel", one.id] as const) });
  }
}

/** Reasons that tell that something lies under the number already. */
const HELD: ReadonlySet<string> = new Set(["other_xml", "other_file"]);
/** Reasons that tell that what it corrects is not there to be corrected: then it comes as a form of its own. */
const NO_FORMER: ReadonlySet<string> = new Set(["edited", "newer_edit", "edit_of_itself"]);

/** What a refused form is to the server when it comes again: its answers, and the number of what it corrects. */
export function mended(parcel: Parcel): { readonly xml: string; readonly heldAs: string } {
  const heldAs = NO_FORMER.has(parcel.reason) ? "" : parcel.isHeld ? numberOf(parcel.xml) : parcel.heldAs;
  return { xml: asFirst(parcel.xml), heldAs };
}

/** A refused parcel as it stands in the store; null where another tab has done something with it meanwhile. */
async function refused(parcel: Parcel): Promise<Parcel | null> {
  const found = await store.one(openedKey(), "parcel", parcel.id);
  return found?.state === "refused" ? found : null;
}

/** Send a refused form once more as it is, under a number that the server takes. */
export const again = (parcel: Parcel): Promise<void> => alone(async () => {
  const found = await refused(parcel);
  if (found) {
    const { xml, heldAs } = mended(found);
    const next: Parcel = {
      ...found, xml: heldAs ? asEdit(xml, heldAs) : xml, heldAs, isHeld: false, reason: "", state: "waiting", nextAt: 0, words: "",
    };
    await store.write(openedKey(), { put: [["parcel", next.id, next]] });
    tellOthers();
  }
});

/**
 * Open a refused form as a draft once more; null where it is none any more. Its entries of lists keep their numbers: it
 * speaks of the same family. If the server holds an earlier state of it, it is sent as a correction of that.
 */
export const reopen = (parcel: Parcel): Promise<Draft | null> => alone(async () => {
  const found = await refused(parcel);
  if (!found) {
    return null;
  }
  const { id, form, title, label, photos } = found;
  const draft: Draft = { id, form, title, label, photos, ...mended(found), begunAt: found.queuedAt, savedAt: Date.now() };
  await store.write(openedKey(), { put: [["draft", draft.id, draft]], remove: [["parcel", id]] });
  tellOthers();
  return draft;
});
