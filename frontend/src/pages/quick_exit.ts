/**
 * Pages of the sealed room leave nothing behind on the screen, in the history or in the browser's store.
 *
 * - Quick exit: one tap, or Esc twice, covers the page at once, takes its address out of the history, and goes to a page
 *   that tells nothing. Without this code the button is a link that does the last of the three.
 * - The whole room is one entry in the history: going from page to page replaces it, so "back" leads out of the room.
 * - Out of sight, out of the picture: a page in the background is covered, so that no overview of open apps shows it.
 * - Five minutes without a touch: the page is taken out of the document, and the password is asked for. What was being
 *   typed waits in memory only. The server counts by itself; this side tells it that somebody is typing.
 *
 * The room's pages ask for this file by name, and do not wait until another has asked for it: whoever must leave at
 * once presses a key as soon as the page stands.
 */

import { nearest, onHtmx } from "../events";

const IDLE = 5 * 60_000;
const LOOK_EVERY = 5_000;
const TELL_EVERY = 45_000;
const TWICE_WITHIN = 800;

let touchedAt = Date.now();
let toldAt = Date.now();
let escapedAt = -Infinity;
let held: DocumentFragment | null = null;

const room = (): HTMLElement | null => document.querySelector<HTMLElement>("[data-sealed]");
const veil = (covered: boolean): void => void document.documentElement.classList.toggle("is-veiled", covered);
const isInRoom = (address: URL): boolean => address.origin === location.origin && address.pathname.startsWith("/sealed/");

/** Leave at once: cover, forget the address, close the door on the server, and show a page that tells nothing. */
function leave(link: HTMLAnchorElement | null): void {
  veil(true);
  history.replaceState(null, "", room()?.dataset["neutral"] ?? "/");
  location.replace(link?.href ?? "/sealed/leave/");
}

async function send(address: string | undefined, more: Record<string, string> = {}): Promise<Response | null> {
  const token = room()?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value;
  if (!address || !token) {
    return null;
  }
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, ...more });
  return fetch(address, { method: "POST", body, redirect: "manual" }).catch(() => null);
}

function touch(): void {
  if (held) {
    return;
  }
  touchedAt = Date.now();
  if (touchedAt - toldAt > TELL_EVERY) {
    toldAt = touchedAt;
    void send(room()?.dataset["stay"]).then((answer) => {
      if (answer && answer.status !== 204) {
        lock();
      }
    });
  }
}

/** Take the page out of the document and ask for the password. */
function lock(): void {
  const panel = document.querySelector<HTMLTemplateElement>("template[data-lock]");
  const mark = room();
  if (held || !panel || !mark) {
    return;
  }
  const asking = panel.content.cloneNode(true) as DocumentFragment;
  held = document.createDocumentFragment();
  for (const node of [...document.body.childNodes]) {
    if (node !== mark && node !== panel) {
      held.append(node);
    }
  }
  document.body.append(asking);
  document.querySelector<HTMLElement>("#lock-password")?.focus();
  const form = document.querySelector<HTMLFormElement>(".sealed-lock form");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    void unlock(form);
  });
}

async function unlock(form: HTMLFormElement): Promise<void> {
  const password = form.querySelector<HTMLInputElement>("#lock-password");
  const answer = await send(room()?.dataset["unlock"], { unlock: "1", password: password?.value ?? "" });
  if (password) {
    password.value = "";
  }
  if (answer?.status === 204) {
    document.querySelector(".sealed-lock")?.remove();
    if (held) {
      document.body.append(held);
    }
    held = null;
    touchedAt = toldAt = Date.now();
    return;
  }
  if (answer && answer.status !== 422) {
    location.replace(location.href); // signed out meanwhile, or the right has ended
    return;
  }
  const error = form.querySelector<HTMLElement>("[data-lock-error]");
  if (error) {
    error.textContent = answer ? await answer.text() : (room()?.dataset["offline"] ?? "");
    error.hidden = false;
  }
  password?.focus();
}

function look(): void {
  if (room() && !held && Date.now() - touchedAt >= IDLE) {
    lock();
  }
}

/** Ask the tree of questions one after another: what comes after a yes, or before an answer, waits. */
function ask(tree: HTMLElement): void {
  let open = true;
  for (const item of tree.children) {
    (item as HTMLElement).hidden = !open;
    const answer = item.querySelector<HTMLInputElement>("input:checked")?.value;
    open = open && answer === "no";
  }
}

function askTrees(): void {
  document.querySelectorAll<HTMLElement>("[data-tree]").forEach(ask);
}

function guardRoom(): void {
  for (const name of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    addEventListener(name, () => room() && touch(), { passive: true, capture: true });
  }
  setInterval(look, LOOK_EVERY);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !room()) {
      return;
    }
    if (event.timeStamp - escapedAt < TWICE_WITHIN) {
      leave(document.querySelector<HTMLAnchorElement>("[data-quick-exit]"));
    }
    escapedAt = event.timeStamp;
  }, { capture: true });
  document.addEventListener("click", (event) => {
    const link = nearest<HTMLAnchorElement>(event, "a[href]");
    if (!link || !room() || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) {
      return;
    }
    if (link.hasAttribute("data-quick-exit")) {
      event.preventDefault();
      leave(link);
    } else if (isInRoom(new URL(link.href, location.href)) && !link.target && !link.hasAttribute("download")) {
      event.preventDefault();
      location.replace(link.href);
    }
  });
  document.addEventListener("change", (event) => {
    const tree = nearest(event, "[data-tree]");
    if (tree) {
      ask(tree);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (!room()) {
      return;
    }
    look();
    veil(document.hidden);
  });
  addEventListener("pagehide", () => room() && veil(true));
  addEventListener("pageshow", (event) => {
    veil(false);
    if (event.persisted && room()) {
      location.replace(location.href); // a page out of the browser's store is asked for anew
    }
  });
}

askTrees();
onHtmx("afterSettle", askTrees);
guardRoom();
