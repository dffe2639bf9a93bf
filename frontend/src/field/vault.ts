/** The PIN: what sets it, opens with it, and takes everything away after ten wrong ones. */

import { clearMark } from "../mark";
import { giveUp } from "./reserve";
import { newKey, openKey } from "./seal";
import * as store from "./store";

export const TRIES = 10;

let key: CryptoKey | null = null;
const others = new BroadcastChannel("paivand-fill");

/** The key while the vault is open. Throws when it is locked: nothing sealed may be asked for then. */
export function openedKey(): CryptoKey {
  if (!key) {
    throw new Locked();
  }
  return key;
}

/** Something was asked for that needs the PIN first. */
export class Locked extends Error {}

export const isOpen = (): boolean => key !== null;
export const lock = (): void => {
  key = null;
};

/** How things stand before the PIN: nothing here yet, or so many tries left. */
export async function standing(): Promise<{ readonly isNew: boolean; readonly left: number }> {
  const kept = await store.vault();
  return { isNew: kept === null, left: TRIES - (kept?.wrongs ?? 0) };
}

/** Begin a vault with `pin`; what lay on the device before is taken away, and with it that its owner signed out. */
export async function begin(pin: string, rounds?: number): Promise<void> {
  await wipeHere();
  clearMark();
  const wrapped = await newKey(pin, rounds);
  await store.keepVault({ name: "vault", wrongs: 0, ...wrapped });
  key = await openKey(wrapped, pin);
}

/**
 * Try `pin`: "open", "wiped" after the tenth wrong one, or how many tries are left.
 *
 * The try is counted before it is made, one at a time in all tabs, so that neither closing the tab nor a second tab gives
 * a try for nothing.
 */
export function tryPin(pin: string): Promise<"open" | "wiped" | number> {
  return navigator.locks.request("paivand-fill-pin", async () => {
    const kept = await store.vault();
    if (!kept) {
      return "wiped" as const;
    }
    await store.keepVault({ ...kept, wrongs: kept.wrongs + 1 });
    const found = await openKey(kept, pin);
    if (found) {
      key = found;
      await store.keepVault({ ...kept, wrongs: 0 });
      return "open" as const;
    }
    if (kept.wrongs + 1 >= TRIES) {
      await wipeEverywhere();
      return "wiped" as const;
    }
    return TRIES - kept.wrongs - 1;
  });
}

async function wipeHere(): Promise<void> {
  key = null;
  await store.wipe();
}

/** Take everything away, and tell other tabs so. */
export async function wipeEverywhere(): Promise<void> {
  key = null;
  others.postMessage("wiped");
  await wipeHere();
  await giveUp();
  clearMark();
}

/** Tell other tabs that something on the device has changed. */
export const tellOthers = (): void => others.postMessage("changed");

/** Lock every tab: whoever puts the device down has one device. */
export function lockEverywhere(): void {
  lock();
  others.postMessage("locked");
}

/** Hear of other tabs. */
export function hearOthers(changed: () => void, ended: (why: "locked" | "wiped") => void): void {
  others.addEventListener("message", ({ data }) => {
    if (data === "wiped" || data === "locked") {
      // A tab that was locked already has nothing to lock; it shows what happened to the device all the same.
      const wasOpen = key !== null;
      key = null;
      if (wasOpen || data === "wiped") {
        ended(data);
      }
    } else {
      changed();
    }
  });
}
