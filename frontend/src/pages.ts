/** Behaviours that only some pages need are loaded by those pages. */

import { nearest, onHtmx } from "./events";

async function loadWhatIsNeeded(): Promise<void> {
  if (document.querySelector("[data-passkey]")) {
    const { watchPasskeys } = await import("./passkeys");
    watchPasskeys();
  }
}

export function watchPages(): void {
  void loadWhatIsNeeded();
  onHtmx("afterSettle", () => void loadWhatIsNeeded());
  document.addEventListener("click", (event) => {
    if (nearest(event, "[data-print]")) {
      print();
    }
  });
  // A choice that is sent as soon as it is made, where the form says so; without this code its button does it.
  document.addEventListener("change", (event) => {
    nearest<HTMLFormElement>(event, "form[data-send-on-change]")?.requestSubmit();
  });
}
