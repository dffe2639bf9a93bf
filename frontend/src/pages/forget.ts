/** Where drafts lie on the device, and how they go when their owner signs out. Small, because every page needs it. */

export const DRAFTS = "paivand.draft.";

let leaving = false;

/** Whether somebody is signing out: the page that goes away keeps nothing more. */
export const isLeaving = (): boolean => leaving;

/** Take away what this owner began on this device. */
export function forgetDrafts(owner: string): void {
  leaving = true;
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith(`${DRAFTS}${owner}.`)) {
      localStorage.removeItem(place);
    }
  }
}
