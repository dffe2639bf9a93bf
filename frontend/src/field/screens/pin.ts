/** Before anything is seen: setting a PIN on a new device, and asking for it on one that is known. */

import { alone } from "../../mark";
import { ask, button, el, icon, notice } from "../dom";
import type { Owner } from "../records";
import { isWeakPin, plainPin } from "../seal";
import * as store from "../store";
import * as vault from "../vault";
import { say } from "../words";

/** So long the server is waited for, because other tabs wait as well. */
const PATIENCE = 60_000;

function pinField(id: string, label: string, help = "", isNew = false): HTMLElement {
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    help ? el("p", { class: "field-help", id: `${id}-help` }, help) : null,
    el("input", {
      id, class: "input fill-pin", type: "password", inputmode: "numeric", autocomplete: isNew ? "new-password" : "current-password",
      maxlength: 64, required: true, dir: "ltr", "aria-describedby": help ? `${id}-help` : undefined,
    }));
}

const valueOf = (form: HTMLElement, id: string): string => form.querySelector<HTMLInputElement>(`#${id}`)?.value ?? "";

interface Person {
  readonly name: string;
  readonly username: string;
  readonly csrf: string;
}

async function whoIsSignedIn(): Promise<Person | "nobody" | "no-signal" | "no-right"> {
  try {
    const answer = await fetch("/fill/device/", { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" });
    return answer.ok ? ((await answer.json()) as Person) : answer.status === 403 ? "no-right" : "nobody";
  } catch {
    return "no-signal";
  }
}

/** A device that holds nothing: sign in, then choose a PIN. */
export async function welcome(place: HTMLElement, opened: () => void, note: HTMLElement | null): Promise<void> {
  const person = await whoIsSignedIn();
  const card = (...content: (Node | null)[]): void => place.replaceChildren(
    el("div", { class: "fill-door" }, note,
      el("section", { class: "card" }, el("div", { class: "card-body" }, el("h1", { tabindex: "-1" }, say("welcome")), ...content))),
  );
  const again = button(say("try_again"), () => void welcome(place, opened, note), { icon: "undo" });
  if (!globalThis.isSecureContext || !crypto.subtle || !navigator.locks) {
    card(notice("danger", say("browser_too_old")));
  } else if (person === "no-signal") {
    card(el("p", {}, say("welcome_text")), notice("warn", say("first_needs_signal")), again);
  } else if (person === "nobody") {
    card(el("p", {}, say("welcome_text")), el("a", { class: "btn btn-primary", href: "/account/login/?next=/fill/" }, icon("key"), say("sign_in_first")));
  } else if (person === "no-right") {
    card(notice("warn", say("no_right")), el("a", { class: "btn", href: "/" }, say("to_desk")));
  } else {
    card(el("p", {}, say("signed_in_as", { name: person.name })), setPin(person, opened));
  }
}

function setPin(person: Person, opened: () => void): HTMLElement {
  const error = el("p", { class: "field-error", role: "alert", hidden: true });
  const go = el("button", { class: "btn btn-primary", type: "submit" }, icon("lock"), el("span", {}, say("pin_set")));
  const form = el("form", { class: "form", novalidate: true },
    pinField("pin", say("pin_new"), say("pin_rules"), true), pinField("pin-again", say("pin_repeat"), "", true),
    error, el("div", { class: "form-actions" }, go), el("p", { class: "quiet" }, say("pin_lost")));
  const complain = (words: string): void => {
    error.textContent = words;
    error.hidden = false;
    go.disabled = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pin = valueOf(form, "pin");
    if (isWeakPin(pin)) {
      complain(say("pin_weak"));
    } else if (plainPin(pin) !== plainPin(valueOf(form, "pin-again"))) {
      complain(say("pin_differs"));
    } else {
      go.disabled = true;
      error.hidden = true;
      void setUp(person, pin).then(opened, (problem: unknown) => complain(
        problem instanceof NotNow ? problem.message : say(store.isNoRoom(problem) ? "no_space" : "first_needs_signal")));
    }
  });
  return form;
}

/** The server gives this worker no access, and says why. */
class NotNow extends Error {}

/** Set this device up for `person`. One tab at a time: what another one has set up meanwhile stays. */
export async function setUp(person: Person, pin: string): Promise<void> {
  const isDone = await alone(async () => {
    const { isNew } = await vault.standing();
    if (isNew) {
      await begin(person, pin);
    }
    return isNew;
  });
  if (!isDone) {
    location.reload();
    return new Promise<void>(() => undefined);
  }
  await navigator.storage?.persist?.();
}

async function begin(person: Person, pin: string): Promise<void> {
  const answer = await fetch("/fill/device/", {
    method: "POST", headers: { "X-CSRFToken": person.csrf, Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 422) {
    throw new NotNow(((await answer.json()) as { message: string }).message);
  }
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const { token, device, mark } = (await answer.json()) as { token: string; device: string; mark: string };
  await vault.begin(pin);
  const owner: Owner = { token, device, mark, username: person.username, name: person.name, door: `/key/${token}/`, since: Date.now() };
  await store.write(vault.openedKey(), { put: [["owner", "owner", owner]] });
}

/** A device that is known: its PIN. */
export async function unlock(place: HTMLElement, opened: () => void, wiped: () => void, note: HTMLElement | null): Promise<void> {
  const { left } = await vault.standing();
  const error = el("p", { class: "field-error", role: "alert", hidden: left === vault.TRIES });
  error.textContent = left === vault.TRIES ? "" : say("pin_left", { n: left });
  const go = el("button", { class: "btn btn-primary", type: "submit" }, el("span", {}, say("pin_open")));
  const form = el("form", { class: "form", novalidate: true }, pinField("pin", say("pin")), error, el("div", { class: "form-actions" }, go));
  const input = form.querySelector<HTMLInputElement>("#pin");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!input?.value || go.disabled) {
      return;
    }
    go.disabled = true;
    void vault.tryPin(input.value).then((answer) => {
      go.disabled = false;
      input.value = "";
      if (answer === "open") {
        opened();
      } else if (answer === "wiped") {
        wiped();
      } else {
        error.textContent = `${say("pin_wrong")} ${say("pin_left", { n: answer })}`;
        error.hidden = false;
        input.focus();
      }
    }, () => {
      // A try that cannot be counted is not made.
      go.disabled = false;
      error.textContent = say("no_space");
      error.hidden = false;
    });
  });
  const forgot = button(say("pin_forgotten"), () => {
    void ask(say("wipe_ask"), say("wipe_forgotten"), say("wipe_yes"), say("cancel"), true).then(async (yes) => {
      if (yes) {
        await vault.wipeEverywhere();
        wiped();
      }
    });
  }, { css: "btn-ghost", kind: "forgotten" });
  place.replaceChildren(el("div", { class: "fill-door" }, note,
    el("section", { class: "card" }, el("div", { class: "card-body" },
      el("h1", {}, say("locked")), el("p", { class: "quiet" }, say("locked_text")), form, forgot))));
  input?.focus();
}
