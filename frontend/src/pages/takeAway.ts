/** After its owner has signed out: what the page for forms without signal left in this browser goes. */

import { alone, clearMark, isGone } from "../mark";

const STORE = "paivand-fill";

/** Take away the sealed store, the kept page and its worker. Whatever is missing is passed over. */
export const takeAwayForms = (): Promise<void> => alone(async () => {
  if (!isGone()) {
    return; // somebody has set the page up meanwhile, and what lies here is hers
  }
  // A page for forms in another tab lets go of the store, and of what it shows.
  const others = new BroadcastChannel(STORE);
  others.postMessage("wiped");
  others.close();
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(STORE);
    request.onsuccess = (): void => resolve();
    request.onerror = request.onblocked = (): void => reject(request.error ?? new Error("The store is held by another tab."));
  });
  const kept = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(kept.filter((name) => name.startsWith(`${STORE}-`)).map((name) => caches.delete(name)));
  const registration = await navigator.serviceWorker?.getRegistration("/fill/");
  await registration?.unregister();
  clearMark();
});
