/** Behaviours of single pages. The pages work without them; what only one page needs is fetched by that page. */

import "./pages.css";
import "./places.css";
import "./lists.css";

import { onHtmx } from "../events";
import { offerCopies } from "./copies";

async function begin(): Promise<void> {
  offerCopies();
  for (const button of document.querySelectorAll<HTMLElement>("form[data-send-on-change] [data-without-scripts]")) {
    button.hidden = true;
  }
  const registration = document.querySelector<HTMLFormElement>("form[data-register]:not([data-begun])");
  if (registration) {
    registration.dataset["begun"] = "";
    const { register } = await import("./register");
    register(registration);
  }
  const village = document.querySelector<HTMLInputElement>("input[data-villages]:not([list])");
  if (village) {
    const { offerVillages } = await import("./villages");
    offerVillages(village);
  }
  const role = document.querySelector<HTMLFormElement>("form[data-role-form]:not([data-begun])");
  if (role) {
    role.dataset["begun"] = "";
    const { fitScopes } = await import("./roles");
    fitScopes(role);
  }
}

void begin();
onHtmx("afterSettle", () => void begin());
