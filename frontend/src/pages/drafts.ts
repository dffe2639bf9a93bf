/**
 * What is typed into a `<form data-draft="name">` stays on the device until it is saved: through a reload, a closed
 * browser and an ended session. Phones are shared, so a draft is sealed with a key that the server gives to its owner only,
 * lies under the owner's name, and goes when the form is saved, when its owner signs out, and after two weeks.
 *
 * Where the browser cannot seal (a plain http line) nothing is kept.
 */

import { onHtmx } from "../events";
import { isSignIn } from "../guard";
import { DRAFTS, isLeaving } from "./forget";

const LONGEST = 14 * 24 * 60 * 60 * 1000;
const PAUSE = 350;
const NEVER = ["csrfmiddlewaretoken"];

type Entry = readonly [name: string, value: string];

export interface Draft {
  readonly at: number;
  readonly step: number;
  readonly entries: readonly Entry[];
}

interface Sealed {
  readonly at: number;
  readonly iv: string;
  readonly body: string;
}

const toText = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function stored(place: string): Sealed | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as Sealed | null;
  } catch {
    return null;
  }
}

/** Drafts that nobody came back to, whoever began them. */
function sweep(): void {
  for (const place of Object.keys(localStorage)) {
    if (place.startsWith(DRAFTS) && Date.now() - (stored(place)?.at ?? 0) > LONGEST) {
      localStorage.removeItem(place);
    }
  }
}

function entriesOf(form: HTMLFormElement): Entry[] {
  return [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === "string" && !NEVER.includes(name) ? [[name, value] as const] : [],
  );
}

/** Put the kept values back into the form; what the draft does not name is empty or not ticked. */
function fill(form: HTMLFormElement, entries: readonly Entry[]): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  for (const element of form.elements) {
    if (element instanceof HTMLInputElement && (element.type === "checkbox" || element.type === "radio")) {
      element.checked = element.disabled ? element.checked : (values.get(element.name) ?? []).includes(element.value);
    } else if (
      (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) &&
      element.name && !NEVER.includes(element.name)
    ) {
      element.value = values.get(element.name)?.[0] ?? "";
    }
  }
}

export interface Keeper {
  /** How many rows a draft holds beside the form's own fields, to be made before it is put back. */
  readonly prepare: (entries: ReadonlyMap<string, string>) => void;
  /** Where the person was. */
  readonly step: () => number;
  readonly goTo: (step: number) => void;
}

/** Keep what is typed into `form`, and offer what was kept before. */
export async function keepDraft(form: HTMLFormElement, keeper: Keeper): Promise<void> {
  const { draft: name, draftOwner: owner, draftKey: key } = form.dataset;
  if (!name || !owner || !key || !crypto.subtle) {
    return;
  }
  sweep();
  const place = `${DRAFTS}${owner}.${name}`;
  const secret = await crypto.subtle.importKey("raw", toBytes(key), "AES-GCM", false, ["encrypt", "decrypt"]);
  const bound = new TextEncoder().encode(place);
  // What came back with mistakes was typed already; a new form is worth keeping once it differs from what it was.
  const untouched = form.hasAttribute("data-bound") ? "" : JSON.stringify(entriesOf(form));
  let ended = false;
  let waiting = 0;
  let typed = 0;

  const forget = (): void => {
    ended = true;
    clearTimeout(waiting);
    localStorage.removeItem(place);
  };

  const save = async (): Promise<void> => {
    clearTimeout(waiting);
    const seen = typed;
    const entries = entriesOf(form);
    if (ended || isLeaving() || !form.isConnected || JSON.stringify(entries) === untouched) {
      return;
    }
    const draft: Draft = { at: Date.now(), step: keeper.step(), entries };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(draft));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, secret, plain);
    if (ended || isLeaving()) {
      return;
    }
    try {
      const sealed: Sealed = { at: draft.at, iv: toText(iv), body: toText(new Uint8Array(body)) };
      localStorage.setItem(place, JSON.stringify(sealed));
      if (seen === typed) {
        form.setAttribute("data-kept", ""); // otherwise something was typed while this was sealed
      }
      form.querySelector("[data-draft-note]")?.removeAttribute("hidden");
    } catch {
      form.removeAttribute("data-kept"); // no room on the device: leaving the page asks first, as elsewhere
    }
  };

  const open = async (): Promise<Draft | null> => {
    const sealed = stored(place);
    if (!sealed) {
      return null;
    }
    try {
      const plain = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: toBytes(sealed.iv), additionalData: bound }, secret, toBytes(sealed.body),
      );
      return JSON.parse(new TextDecoder().decode(plain)) as Draft;
    } catch {
      localStorage.removeItem(place); // sealed with a key that is gone
      return null;
    }
  };

  const watch = (): void => {
    const soon = (): void => {
      typed += 1;
      form.removeAttribute("data-kept");
      clearTimeout(waiting);
      waiting = window.setTimeout(() => void save(), PAUSE);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", () => void save());
    form.addEventListener("click", soon);
    document.addEventListener("visibilitychange", () => void save());
    addEventListener("pagehide", () => void save());
  };

  onHtmx("beforeSwap", ({ requestConfig, xhr }) => {
    const answered = new URL(xhr.responseURL || location.href, location.href);
    if (form.contains(requestConfig.elt) && requestConfig.elt === form && xhr.status < 400 && !isSignIn(answered.href) &&
        answered.pathname !== new URL(form.action, location.href).pathname) {
      forget();
    }
  });

  const found = form.hasAttribute("data-bound") ? null : await open();
  if (!found) {
    watch();
    if (form.hasAttribute("data-bound")) {
      await save();
    }
    return;
  }
  offer(form, found, {
    onwards: () => {
      keeper.prepare(new Map(found.entries));
      fill(form, found.entries);
      keeper.goTo(found.step);
      form.setAttribute("data-kept", "");
      form.querySelector("[data-draft-note]")?.removeAttribute("hidden");
      watch();
    },
    discard: () => {
      localStorage.removeItem(place);
      watch();
    },
  });
}

/** Ask before anything is typed whether to go on with what was kept. */
function offer(form: HTMLFormElement, draft: Draft, ways: { onwards: () => void; discard: () => void }): void {
  const question = document.querySelector<HTMLElement>("[data-draft-found]");
  if (!question) {
    return;
  }
  const entry = (name: string): string => draft.entries.find(([one]) => one === name)?.[1] ?? "";
  const put = (part: string, words: string): void => {
    const goal = question.querySelector<HTMLElement>(`[data-draft-${part}]`);
    if (goal) {
      goal.textContent = words;
      goal.hidden = !words;
    }
  };
  put("name", [entry("family_name"), entry("given_name")].filter(Boolean).join(" "));
  const day = new Date(draft.at);
  const two = (value: number): string => String(value).padStart(2, "0");
  put("time", `${two(day.getDate())}.${two(day.getMonth() + 1)}.${day.getFullYear()}, ${two(day.getHours())}:${two(day.getMinutes())}`);
  const answer = (way: () => void) => (): void => {
    question.hidden = true;
    form.hidden = false;
    way();
  };
  question.querySelector("[data-draft-continue]")?.addEventListener("click", answer(ways.onwards), { once: true });
  question.querySelector("[data-draft-discard]")?.addEventListener(
    "click",
    answer(() => {
      ways.discard();
      form.querySelector<HTMLElement>("h2")?.focus();
    }),
    { once: true },
  );
  form.hidden = true;
  question.hidden = false;
  question.querySelector<HTMLElement>("h2")?.focus();
}
