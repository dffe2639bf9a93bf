/** The page /fill/: forms without signal. It begins here, with the PIN; see docs/adr/0037 for how it is built. */

import "./field.css";

import { alone, isGone } from "../mark";
import * as app from "./app";
import { ask, button, el, icon, notice } from "./dom";
import * as queue from "./queue";
import type { Draft, Form } from "./records";
import { deviceScreen, languageButtons } from "./screens/device";
import { fillScreen, withDraft, type Opened } from "./screens/fill";
import { formsScreen } from "./screens/forms";
import { outboxScreen } from "./screens/outbox";
import { unlock, welcome } from "./screens/pin";
import * as store from "./store";
import { wasUpdated, watchForUpdates } from "./updates";
import * as vault from "./vault";
import { readWords, say } from "./words";

type Screen = "forms" | "outbox" | "device";
const SCREENS: readonly (readonly [Screen, string, string])[] = [["forms", "nav_forms", "paper"], ["outbox", "nav_outbox", "send"], ["device", "nav_device", "phone"]];

const page = document.getElementById("content") as HTMLElement;
const bar = document.getElementById("fill-nav") as HTMLElement;
const head = document.getElementById("fill-head") as HTMLElement;
let screen: Screen = "forms";
let open: Opened | null = null;
let isOpening = false;
let news: HTMLElement | null = null;
let takeNewVersion: (() => Promise<boolean>) | null = null;

const noteOf = (tone: "info" | "warn" | "danger" | "ok", key: string): HTMLElement => notice(tone, say(key));

/** What stands around the screens in the page that the browser keeps: it was made in the language of that day. */
function speakAround(): void {
  document.querySelectorAll("[data-word=brand]").forEach((one) => (one.textContent = say("brand")));
  document.querySelectorAll("[data-word=demo]").forEach((one) => (one.textContent = say("demo")));
  document.querySelectorAll("[data-word=skip]").forEach((one) => (one.textContent = say("skip")));
  bar.setAttribute("aria-label", say("title"));
}

function drawHead(): void {
  speakAround();
  const memory = app.known();
  const waiting = memory?.parcels.filter((one) => one.state !== "arrived").length ?? 0;
  head.replaceChildren(
    el("span", { class: `fill-signal ${navigator.onLine ? "is-on" : "is-off"}`, role: "status" }, icon(navigator.onLine ? "check" : "warn"),
      say(navigator.onLine ? "signal" : "no_signal")));
  bar.hidden = !memory || open !== null || isOpening;
  bar.replaceChildren(el("ul", {}, ...SCREENS.map(([name, words, drawing]) => el("li", {},
    el("button", {
      type: "button", class: "below", "aria-current": name === screen ? "page" : undefined, "data-screen": name,
      onclick: () => go(name),
    }, icon(drawing), el("span", {}, say(words)),
    name === "outbox" && waiting ? el("span", { class: "fill-dot", "aria-label": say("waiting_n", { n: waiting }) }, String(waiting)) : null)))));
}

/** That a new version is ready, and the button that takes it; null where none is. */
function updateNotice(redraw: () => void): HTMLElement | null {
  const take = takeNewVersion;
  return take && notice("info", say("new_version"), button(say("new_version_take"), () => void take().then((isTaken) => {
    if (!isTaken) {
      news = noteOf("warn", "update_elsewhere");
      redraw();
    }
  }), { css: "btn-sm", kind: "update" }));
}

function go(name: Screen): void {
  screen = name;
  news = null;
  draw();
  scrollTo(0, 0);
  page.focus();
}

/** How long a finger may rest on a button, in milliseconds: one that is drawn anew beneath it would not hear the tap. */
const TAP = 700;
let pressedAt = -Infinity;
let later: ReturnType<typeof setTimeout> | undefined;
addEventListener("pointerdown", () => (pressedAt = Date.now()), { capture: true, passive: true });
addEventListener("click", () => (pressedAt = -Infinity), { capture: true });

/** Show the screen as things stand; an open form is never touched, and nothing moves under a finger. */
function draw(): void {
  clearTimeout(later);
  const rest = pressedAt + TAP - Date.now();
  if (rest > 0) {
    later = setTimeout(draw, rest);
    return;
  }
  drawHead();
  const memory = app.known();
  if (!memory || open || isOpening) {
    return;
  }
  document.title = `${say("title")} · Paivand`;
  const shown = {
    forms: () => formsScreen(memory, {
      begin: (form) => void fill(form, null), goOn: (draft) => void goOn(draft), discard: (draft) => void discard(draft), fetch: () => void app.fetchAll(),
    }),
    outbox: () => outboxScreen(memory, { send: () => void app.send(true), again: (parcel) => void queue.again(parcel).then(app.reload).then(() => app.send(true)),
      reopen: (parcel) => void queue.reopen(parcel).then(async (draft) => {
        await app.reload();
        await (draft && goOn(draft));
      }) }),
    device: () => deviceScreen(memory, {
      lock: app.lockNow, leave: () => void app.leave(), nUnsent: app.nUnsent,
      redraw: () => {
        draw();
      },
    }),
  }[screen]();
  const title = { forms: "nav_forms", outbox: "nav_outbox", device: "nav_device" }[screen];
  page.replaceChildren(el("div", { class: "fill-page" }, updateNotice(draw), news, el("h1", { class: "fill-heading" }, say(title)), shown));
}

async function fill(form: Form, draft: Draft | null): Promise<void> {
  const memory = app.known();
  if (!memory || open || isOpening) {
    return;
  }
  if ((await app.lookForRoom()) && !draft && !(await ask(say("no_space_ask"), say("no_space"), say("go_on"), say("cancel")))) {
    return;
  }
  isOpening = true;
  news = null;
  drawHead();
  scrollTo(0, 0);
  const found = await fillScreen(page, memory, form, draft, {
    sent: () => void close(noteOf("ok", navigator.onLine ? "queued_signal" : "queued"), "outbox"),
    left: () => void close(null, "forms"),
  }).finally(() => (isOpening = false));
  if (typeof found !== "string") {
    if (vault.isOpen()) {
      open = found;
    } else {
      await found.close();
    }
    return;
  }
  news = found === "elsewhere" ? noteOf("warn", "open_elsewhere") : noteOf("info", "draft_gone");
  await app.reload();
}

async function close(said: HTMLElement | null, next: Screen): Promise<void> {
  await open?.close();
  open = null;
  screen = next;
  news = said;
  if (vault.isOpen()) {
    await app.reload();
    settleUpdate();
    scrollTo(0, 0);
    page.focus();
    void app.askToBeWoken();
    await app.send();
    // By now each form says itself where it stands.
    if (navigator.onLine && said && news === said) {
      news = null;
      draw();
    }
  }
}

async function goOn(draft: Draft): Promise<void> {
  const form = app.known()?.forms.find((one) => one.id === draft.form);
  if (form) {
    await fill(form, draft);
  } else {
    news = noteOf("danger", "form_broken");
    draw();
  }
}

async function discard(draft: Draft): Promise<void> {
  if (await ask(say("draft_ask"), say("draft_ask_text"), say("draft_remove"), say("cancel"), true)) {
    const isDone = await withDraft(draft.id, async () => {
      const photos = (await store.one(vault.openedKey(), "draft", draft.id))?.photos ?? [];
      await store.write(vault.openedKey(), { remove: [["draft", draft.id], ...photos.map((one) => ["photo", one.id] as const)] });
      vault.tellOthers();
    });
    news = isDone ? null : noteOf("warn", "open_elsewhere");
    await app.reload();
  }
}

async function begin(): Promise<void> {
  if (!(await app.reload())) {
    // Setting up broke off before the device was known: it holds nothing yet.
    await vault.wipeEverywhere();
    await door(null);
    return;
  }
  news = null;
  screen = "forms";
  draw();
  await queue.forgetOld(app.known()?.parcels ?? []);
  await app.send(true);
  await app.fetchAll();
}

/** The door: a new device, or the PIN of a known one. */
async function door(note: HTMLElement | null): Promise<void> {
  drawHead();
  const { isNew } = await vault.standing();
  const inside = el("div", {});
  const update = el("div", { class: "fill-door-news" }, updateNotice(() => void door(noteOf("warn", "update_elsewhere"))));
  page.replaceChildren(update, inside, languageButtons(() => void door(note)));
  const wiped = (): void => void door(noteOf("warn", "wiped"));
  document.title = `${say("title")} · Paivand`;
  await (isNew ? welcome(inside, () => void begin(), note) : unlock(inside, () => void begin(), wiped, note));
}

readWords();
app.watch(draw, (why) => {
  // What is filled in was written down within the last two seconds; with the key gone the form leaves the page.
  void open?.close().catch(() => undefined);
  open = null;
  isOpening = false;
  void door(why === "locked" ? null : noteOf("warn", why === "revoked" ? "revoked" : "wiped"));
});
const settleUpdate = watchForUpdates((take) => {
  takeNewVersion = take;
  if (app.known()) {
    draw();
  } else {
    document.querySelector(".fill-door-news")?.replaceChildren(...[updateNotice(() => void door(noteOf("warn", "update_elsewhere")))].filter((one) => one !== null));
  }
}, () => open !== null || isOpening);

/** Take away what is left of somebody who signed out; false where another tab has done it, and has perhaps begun anew. */
const wipeWhatIsLeft = (): Promise<boolean> => alone(async () => {
  const isLeft = isGone();
  if (isLeft) {
    await vault.wipeEverywhere();
  }
  return isLeft;
});

async function start(): Promise<void> {
  if (isGone() && (await wipeWhatIsLeft())) {
    await door(noteOf("warn", "signed_out"));
  } else {
    await door(wasUpdated() ? noteOf("info", "updated") : null);
  }
}
void start();
