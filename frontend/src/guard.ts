/**
 * Forms that lose nothing. A `<form data-guard>` is sent by htmx, so that a lost connection, a broken server or an ended
 * session leaves the page and everything typed as it is; and leaving the page with unsent changes asks first.
 */

import htmx from "htmx.org";

import { nearest, onHtmx, type SwapDetail } from "./events";
import { clearTrouble, sayTrouble } from "./network";

const GUARDED = "form[data-guard]";
const DOWNLOAD_PAUSE = 4000;
const SENDS = "button:not([type=button], [type=reset]), input[type=submit]";
const changed = new WeakSet<Element>();
let awaitsSignIn = false;

function guardedForm(element: Element | null): HTMLFormElement | null {
  return element?.closest<HTMLFormElement>(GUARDED) ?? null;
}

function boost(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>(GUARDED)) {
    if (!form.hasAttribute("hx-boost")) {
      form.setAttribute("hx-boost", "true");
      form.setAttribute("hx-target", "body");
      form.setAttribute("hx-swap", "innerHTML show:window:top");
      htmx.process(form);
    }
    if (form.querySelector("[aria-invalid=true]")) {
      changed.add(form); // it came back with errors: what is typed in it is still unsent
    }
  }
}

/** While a form is on its way it cannot be sent again. */
function markSending(form: HTMLFormElement, sending: boolean): void {
  form.toggleAttribute("data-sending", sending);
  form.setAttribute("aria-busy", String(sending));
  const buttons = [...form.elements].filter((element) => element.matches(SENDS)) as HTMLButtonElement[];
  for (const button of buttons) {
    if (sending && !button.disabled) {
      button.disabled = true;
      button.dataset["paused"] = "";
    } else if (!sending && "paused" in button.dataset) {
      button.disabled = false;
      delete button.dataset["paused"];
    }
  }
}

/** Whether an address is that of signing in: what a request is answered with once the session has ended. */
export function isSignIn(address: string): boolean {
  const signIn = document.querySelector<HTMLElement>("[data-sign-in-path]")?.dataset["signInPath"];
  return Boolean(signIn) && new URL(address || location.href, location.href).pathname === signIn;
}

/** The page that answered may be in another language than the one that asked. */
function adoptLanguage(html: string): void {
  const answer = /<html\b[^>]*>/i.exec(html)?.[0] ?? "";
  for (const name of ["lang", "dir"]) {
    const value = new RegExp(`\\b${name}="([^"]+)"`).exec(answer)?.[1];
    if (value) {
      document.documentElement.setAttribute(name, value);
    }
  }
}

function judgeAnswer(detail: SwapDetail): void {
  const form = guardedForm(detail.requestConfig.elt);
  if (!form) {
    return;
  }
  const { status, responseURL, responseText } = detail.xhr;
  if (status < 400 && isSignIn(responseURL)) {
    detail.shouldSwap = false;
    awaitsSignIn = true;
    sayTrouble("signedOut");
  } else if (status >= 500 || status === 0) {
    detail.shouldSwap = false;
    sayTrouble("broken");
  } else if (status >= 400 && status !== 400 && status !== 422) {
    detail.shouldSwap = false;
    sayTrouble("refused");
    awaitsSignIn = status === 403;
  } else {
    detail.shouldSwap = true;
    detail.isError = false;
    changed.delete(form);
    awaitsSignIn = false;
    clearTrouble();
    adoptLanguage(responseText);
  }
}

/** After signing in again in another tab, the forms of this page need the new session's token. */
async function renewTokens(): Promise<void> {
  if (!awaitsSignIn || document.visibilityState !== "visible") {
    return;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || isSignIn(answer.url)) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
  if (!token) {
    return;
  }
  for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) {
    input.value = token;
  }
  awaitsSignIn = false;
  sayTrouble("back");
}

export function watchGuardedForms(): void {
  boost();
  onHtmx("afterSwap", boost);
  onHtmx("beforeSwap", judgeAnswer);
  onHtmx("beforeRequest", ({ requestConfig }) => {
    const form = guardedForm(requestConfig.elt);
    if (form) {
      markSending(form, true);
    }
  });
  onHtmx("afterRequest", ({ requestConfig }) => {
    const form = guardedForm(requestConfig.elt);
    if (form) {
      markSending(form, false);
    }
  });

  const noteChange = (event: Event): void => {
    const form = nearest(event, GUARDED);
    if (form) {
      changed.add(form);
    }
  };
  document.addEventListener("input", noteChange);
  document.addEventListener("change", noteChange);

  addEventListener("beforeunload", (event) => {
    // What a draft keeps on the device (pages/drafts.ts) is not lost by leaving.
    if ([...document.querySelectorAll(`${GUARDED}:not([data-kept])`)].some((form) => changed.has(form))) {
      event.preventDefault();
    }
  });

  // Ordinary forms: a second tap on a slow line sends nothing twice.
  document.addEventListener("submit", (event) => {
    const form = nearest<HTMLFormElement>(event, "form:not([data-guard], [method=dialog])");
    if (!form || event.defaultPrevented || form.method !== "post") {
      return;
    }
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
      return;
    }
    for (const guarded of document.querySelectorAll(GUARDED)) {
      changed.delete(guarded);
    }
    setTimeout(() => markSending(form, true));
    if (form.hasAttribute("data-download")) {
      setTimeout(() => markSending(form, false), DOWNLOAD_PAUSE); // a file arrives, and the page stays
    }
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sending]")) {
      markSending(form, false);
    }
  });
  document.addEventListener("visibilitychange", () => void renewTokens());
  addEventListener("focus", () => void renewTokens());
}
