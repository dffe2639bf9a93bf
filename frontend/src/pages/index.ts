/** Behaviours of single pages. The pages work without them; what only one page needs is fetched by that page. */

import "./pages.css";
import "./people.css";
import "./duplicates.css";
import "./field_inbox.css";
import "./field_surveys.css";
import "./consents.css";
import "./places.css";
import "./lists.css";
import "./story.css";
import "./instruments.css";
import "./directory.css";
import "./referrals.css";
import "./cases.css";
import "./records.css";
import "./oversight.css";
import "./selection.css";
import "./protection.css";
import "./programme.css";
import "./learning.css";
import "./learners.css";
import "./learning_fields.css";
import "./certificates.css";
import "./assessment.css";
import "./evidence_reports.css";
import "./outreach.css";
import "./results.css";
import "./devices.css";

import { onHtmx } from "../events";
import { isGone, nUnsentOf } from "../mark";
import { offerCopies } from "./copies";
import { forgetDrafts } from "./forget";

/** The open tab, where a phone is too narrow for all of them. */
function showOpenTab(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".tabs > [aria-current]")) {
    const tabs = tab.parentElement as HTMLElement;
    const [inside, whole] = [tab.getBoundingClientRect(), tabs.getBoundingClientRect()];
    tabs.scrollLeft += inside.left + inside.width / 2 - whole.left - whole.width / 2;
  }
}

async function begin(): Promise<void> {
  offerCopies();
  showOpenTab();
  for (const button of document.querySelectorAll<HTMLElement>("form[data-send-on-change] [data-without-scripts]")) {
    button.hidden = true;
  }
  const registration = document.querySelector<HTMLFormElement>("form[data-register]:not([data-begun])");
  if (registration) {
    registration.dataset["begun"] = "";
    const { register } = await import("./register");
    register(registration);
  }
  const asked = document.querySelector<HTMLFormElement>("form[data-answers]:not([data-begun])");
  if (asked) {
    asked.dataset["begun"] = "";
    const { answers } = await import("./answers");
    answers(asked);
  }
  const frame = document.querySelector<HTMLElement>(".place-map-frame, .map-frame");
  const served = frame?.querySelectorAll("a:is(.shade-5, .shade-4, .shade-3, .shade-2, .shade-1), .class-5") ?? [];
  if (frame && served.length) {
    // On a narrow screen the map begins where one works: in the middle of these places.
    const from = frame.getBoundingClientRect();
    const own = [...served].map((one) => one.getBoundingClientRect());
    const [left, right] = [Math.min(...own.map((one) => one.left)), Math.max(...own.map((one) => one.right))];
    frame.scrollLeft += (left + right) / 2 - from.left - from.width / 2;
  }
  const sought = document.querySelector<HTMLElement>("[data-matches]")?.closest<HTMLFormElement>("form:not([data-asks])");
  if (sought) {
    sought.dataset["asks"] = "";
    const { searchBeforeCreate } = await import("./matches");
    searchBeforeCreate(sought);
  }
  const village = document.querySelector<HTMLInputElement>("input[data-villages]:not([list])");
  if (village) {
    const { offerVillages } = await import("./villages");
    offerVillages(village);
  }
  const months = document.querySelector<HTMLFormElement>("form[data-months]:not([data-begun])");
  if (months) {
    months.dataset["begun"] = "";
    const { fillMonths } = await import("./months");
    fillMonths(months);
  }
  const role = document.querySelector<HTMLFormElement>("form[data-role-form]:not([data-begun])");
  if (role) {
    role.dataset["begun"] = "";
    const { fitScopes } = await import("./roles");
    fitScopes(role);
  }
}

// Whoever signs out leaves nothing begun on the device. Only forms that sign out name an owner here.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const owner = form instanceof HTMLFormElement && form.dataset["signsOut"];
  if (!owner) {
    return;
  }
  // Where forms without signal would be lost the server asks first, and whoever is asked may stay.
  const knows = event.submitter instanceof HTMLButtonElement && event.submitter.name === "unsent";
  if (knows || !nUnsentOf(owner)) {
    forgetDrafts(owner);
  }
});
if (isGone()) {
  // Where it cannot be done now, because another tab holds on, the next page does it.
  void import("./takeAway").then(({ takeAwayForms }) => takeAwayForms()).catch(() => undefined);
}

void begin();
onHtmx("afterSettle", () => void begin());
