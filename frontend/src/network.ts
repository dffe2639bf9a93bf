/** Says what is wrong with the line or the server, in words that the page brought along, and shows work in progress. */

import { onHtmx } from "./events";

type Trouble = "offline" | "broken" | "refused" | "signedOut" | "back";

/** Show one of the prepared texts of `#trouble`; screen readers read it out. */
export function sayTrouble(trouble: Trouble): void {
  const place = document.getElementById("trouble");
  const words = place?.querySelector("[data-words]");
  if (!place || !words) {
    return;
  }
  words.textContent = place.dataset[trouble] ?? "";
  place.dataset["tone"] = trouble === "back" ? "ok" : "warn";
  place.querySelector("[data-sign-in]")?.toggleAttribute("hidden", trouble !== "signedOut");
  place.hidden = false;
}

/** Take the message away. */
export function clearTrouble(): void {
  const place = document.getElementById("trouble");
  const words = place?.querySelector("[data-words]");
  if (place && words) {
    words.textContent = "";
    place.hidden = true;
  }
}

let underWay = 0;

/** What a page asks by itself, again and again, shows no work. */
function byItself(asks: Element): boolean {
  return asks.matches("[data-by-itself]");
}

function showProgress(change: 1 | 0 | -1): void {
  underWay = Math.max(0, underWay + change);
  document.documentElement.toggleAttribute("data-busy", underWay > 0);
}

export function watchNetwork(): void {
  onHtmx("beforeRequest", ({ requestConfig }) => showProgress(byItself(requestConfig.elt) ? 0 : 1));
  onHtmx("afterRequest", ({ requestConfig }) => showProgress(byItself(requestConfig.elt) ? 0 : -1));
  onHtmx("sendError", () => sayTrouble("offline"));
  onHtmx("timeout", () => sayTrouble("offline"));
  addEventListener("offline", () => sayTrouble("offline"));
  addEventListener("online", clearTrouble);
}
