/**
 * `<dialog class="sheet">`: opened by `[data-dialog-open="id"]`, closed by `[data-dialog-close]`, by Escape and by a tap
 * beside it. Without this code, links to `#id` still open it (see `.sheet:target` in the styles).
 */

import { nearest } from "./events";

function open(dialog: HTMLDialogElement): void {
  if (!dialog.open) {
    dialog.showModal();
  }
}

export function watchDialogs(): void {
  document.addEventListener("click", (event) => {
    const opener = nearest(event, "[data-dialog-open]");
    const wanted = opener && document.getElementById(opener.dataset["dialogOpen"] ?? "");
    if (wanted instanceof HTMLDialogElement) {
      event.preventDefault();
      open(wanted);
      return;
    }
    const closer = nearest(event, "[data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
      return;
    }
    if (event.target instanceof HTMLDialogElement && event.target.matches(".sheet[open]")) {
      const box = event.target.getBoundingClientRect();
      const inside =
        event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) {
        event.target.close();
      }
    }
  });
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[data-open-now]")) {
    open(dialog);
  }
}
