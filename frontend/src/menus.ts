/** `<details class="fold-menu">`: small menus that close when the work goes on elsewhere. */

const MENU = "details.fold-menu[open]";

function closeAll(except: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>(MENU)) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}

export function watchMenus(): void {
  document.addEventListener("click", (event) => {
    closeAll(event.target instanceof Element ? event.target.closest(MENU) : null);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Element && !event.target.closest(MENU)) {
      closeAll(null);
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector<HTMLDetailsElement>(MENU);
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
