/** Where drafts lie on the device, and how they go when their owner signs out. Small, because every page needs it. */

export const DRAFTS = "paivand.draft.";

/** Take away what this owner began on this device. */
export function forgetDrafts(owner: string): void {
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith(`${DRAFTS}${owner}.`)) {
      localStorage.removeItem(place);
    }
  }
}
