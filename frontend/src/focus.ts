/** Where the keyboard goes: "/" to the search, and after an answer to what matters most on the new page. */

import { onHtmx } from "./events";

const TYPES_TEXT = "input, textarea, select, [contenteditable]";

function visible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

/** The summary of errors if there is one, else the heading. */
function focusNewPage(): void {
  const summary = document.querySelector<HTMLElement>("[data-focus]");
  const heading = document.querySelector<HTMLElement>("main h1");
  const goal = summary ?? heading;
  if (goal) {
    goal.tabIndex = -1;
    goal.focus({ preventScroll: goal === heading });
  }
}

export function watchFocus(): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest(TYPES_TEXT);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) {
      return;
    }
    const search = [...document.querySelectorAll<HTMLElement>("[data-search]")].find(visible);
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
  onHtmx("afterSettle", ({ target }) => {
    if (target === document.body) {
      focusNewPage();
    }
  });
}
