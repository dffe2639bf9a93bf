/** One form, open to be filled in. */

import { lookForRoom, noteUnsent, type Memory } from "../app";
import { button, el, icon, notice } from "../dom";
import { keep, labelOf, picturesOf, type Keeper } from "../drafts";
import type { Filled, OpenForm } from "../engine";
import { overlaid } from "../overlay";
import { post } from "../queue";
import type { Draft, Form } from "../records";
import * as store from "../store";
import { bytesOf, placeOf } from "../sync";
import { openedKey } from "../vault";
import { hourOf, say, titled } from "../words";

export interface Opened {
  /** Write down what is filled in and take the form off the page. */
  readonly close: () => Promise<void>;
}

/** What a form asks for: her list with what was done on this device laid over it, or a file of its own. */
async function attachment(form: Form, name: string): Promise<Response> {
  const file = form.files.find((one) => one.name === name);
  const held = file ? await store.one(openedKey(), "attached", placeOf(form, file)) : null;
  if (!held) {
    return new Response("", { status: 404 });
  }
  if (!name.endsWith(".csv")) {
    return new Response(bytesOf(held), { headers: { "Content-Type": held.type } });
  }
  const text = overlaid(held.body, name.replace(/\.csv$/, ""), await store.all(openedKey(), "sprout"), () => crypto.randomUUID());
  return new Response(text, { headers: { "Content-Type": "text/csv" } });
}

async function filledBefore(draft: Draft): Promise<Filled> {
  const files = await Promise.all(draft.photos.map(async (one) =>
    new File([(await store.photo(openedKey(), one.id)) ?? new ArrayBuffer(0)], one.name, { type: one.type })));
  return { xml: draft.xml, files };
}

/** Hold the lock of a draft until `free` is called; null where another tab has it. */
function hold(id: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(`paivand-fill-draft-${id}`, { ifAvailable: true }, (held) => {
      if (!held) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((free) => resolve(free));
    });
  });
}

/** Do `work` with a draft that no other tab has open; false where one has. */
export async function withDraft(id: string, work: () => Promise<void>): Promise<boolean> {
  const free = await hold(id);
  try {
    await (free && work());
  } finally {
    free?.();
  }
  return free !== null;
}

/**
 * Open `form` inside `place`; with `known` the draft of what was filled in before. `sent` is called once the filled form
 * lies in the queue, `left` when the person goes back. "elsewhere" where the draft is open in another tab, "gone" where
 * that one has sent or removed it meanwhile.
 */
export async function fillScreen(
  place: HTMLElement, memory: Memory, form: Form, known: Draft | null, ways: { sent: () => void; left: () => void },
): Promise<Opened | "elsewhere" | "gone"> {
  const now = Date.now();
  const id = known?.id ?? crypto.randomUUID();
  const free = await hold(id);
  if (!free) {
    return "elsewhere";
  }
  let draft: Draft | null;
  try {
    // As it lies in the store, and not as this tab remembers it: another one may have gone on with it.
    draft = known && (await store.one(openedKey(), "draft", id));
    openedKey(); // where the page was locked meanwhile it asks for the PIN, and nothing is drawn over that
  } catch (problem) {
    free();
    throw problem;
  }
  if (known && !draft) {
    free();
    return "gone";
  }
  const current: Draft = draft ?? {
    id, form: form.id, title: form.title, label: "", xml: "", photos: [], begunAt: now, savedAt: now, heldAs: "",
  };
  const saved = el("span", { class: "fill-saved", role: "status" }, say("kept_soon"));
  const warning = el("div", { class: "fill-warning" });
  const inside = el("div", { class: "fill-engine" }, el("p", { class: "fill-loading", role: "status" }, say("form_opens")));
  place.replaceChildren(
    el("div", { class: "fill-bar" },
      button(say("form_close"), ways.left, { css: "btn-ghost btn-sm", icon: "back", kind: "close" }), saved), warning, inside);

  const told = (kept: Draft | null, problem: unknown): void => {
    if (kept) {
      saved.replaceChildren(icon("check"), say("kept_at", { time: hourOf(kept.savedAt) }));
      noteUnsent(kept.id);
      void lookForRoom().then((isShort) => warning.replaceChildren(...(isShort ? [notice("warn", say("no_space"))] : [])));
    } else {
      warning.replaceChildren(notice("danger", say(store.isNoRoom(problem) ? "no_space_form" : "not_kept")));
    }
  };
  let engine: OpenForm | null = null;
  let keeper: Keeper | null = null;
  let isSent = false;

  const stop = (): void => {
    keeper?.stop();
    engine?.close();
    free();
  };
  const send = async (filled: Filled): Promise<void> => {
    if (isSent) {
      return;
    }
    isSent = true;
    try {
      await keeper?.save();
      const before = keeper?.kept() ?? current;
      const { photos, bodies } = await picturesOf(filled.files, before.photos);
      await post(before, { xml: filled.xml, label: labelOf(filled.xml), photos, bodies });
    } catch (problem) {
      isSent = false;
      told(null, problem);
      scrollTo(0, 0);
      return;
    }
    stop();
    ways.sent();
  };
  try {
    const { openForm } = await import("../engine");
    const host = el("div", { class: "fill-host" });
    engine = await openForm(host, {
      xml: form.xml, before: draft ? await filledBefore(draft) : null, attachment: (name) => attachment(form, name),
      username: memory.owner.username, device: `paivand:${memory.owner.device}`, sent: (filled) => void send(filled),
    });
    inside.replaceChildren(host);
    // The engine knows one title; the list of forms has it in the worker's language.
    void engine.opened.then(() => setTimeout(() => host.querySelectorAll("h1").forEach((one) => (one.textContent = titled(form.id, form.title)))));
    keeper = keep(current, engine, told, !draft);
  } catch {
    free();
    inside.replaceChildren(notice("danger", say("form_broken")));
    return { close: () => Promise.resolve() };
  }
  return {
    close: async () => {
      await keeper?.save();
      stop();
    },
  };
}
