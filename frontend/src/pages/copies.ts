/** `<button data-copy="text" data-copied="Copied" hidden>`: shown where copying is possible. */

import { nearest } from "../events";

const SAID_FOR = 2500;
let listening = false;

async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
  const words = button.textContent ?? "";
  if (button.dataset["words"] !== undefined) {
    return;
  }
  button.dataset["words"] = words;
  button.textContent = button.dataset["copied"] ?? words;
  setTimeout(() => {
    button.textContent = words;
    delete button.dataset["words"];
  }, SAID_FOR);
}

export function offerCopies(): void {
  if (!("clipboard" in navigator)) {
    return;
  }
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
  }
  if (listening) {
    return;
  }
  listening = true;
  document.addEventListener("click", (event) => {
    const button = nearest(event, "[data-copy]");
    if (button) {
      void copy(button);
    }
  });
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-select]")) {
      event.target.select();
    }
  });
}
