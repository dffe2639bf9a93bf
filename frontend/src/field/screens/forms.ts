/** The forms on this device, and the drafts that were begun in them. */

import { fetchTrouble, isFetching, isShortOfRoom, type Memory, type Trouble } from "../app";
import { badge, button, el, icon, notice } from "../dom";
import type { Draft, Form } from "../records";
import { hourOf, moment, numerals, say, titled, titleSide } from "../words";

export interface Ways {
  readonly begin: (form: Form) => void;
  readonly goOn: (draft: Draft) => void;
  readonly discard: (draft: Draft) => void;
  readonly fetch: () => void;
}

function freshness(memory: Memory, ways: Ways): HTMLElement {
  const under = isFetching();
  const at = Math.min(...memory.forms.filter((form) => form.offered).map((form) => form.at));
  return el("div", { class: "fill-fresh" },
    el("p", { class: "quiet", role: "status" },
      under ? (under.of ? say("fetching_of", { n: under.done, of: under.of }) : say("fetching"))
        : Number.isFinite(at) ? say("fetched_at", { time: moment(at) }) : say("nothing_fetched")),
    under ? null : button(say("fetch_now"), ways.fetch, { css: "btn-sm btn-ghost", icon: "download", kind: "fetch" }));
}

/** What the form of a draft or a parcel is called. */
export const titleOf = (of: { readonly form: string; readonly title: string }): HTMLElement =>
  el("bdi", { dir: titleSide(of.form) }, titled(of.form, of.title));

function draftLine(draft: Draft, ways: Ways): HTMLElement {
  return el("li", { class: "fill-line" },
    el("button", { type: "button", class: "fill-line-main", onclick: () => ways.goOn(draft), "data-draft": draft.id },
      el("strong", {}, draft.label ? el("bdi", {}, draft.label) : titleOf(draft)),
      el("span", { class: "quiet" }, draft.label ? titleOf(draft) : null, el("span", {}, say("kept_at", { time: moment(draft.savedAt) })))),
    el("button", { type: "button", class: "top-button", "aria-label": say("draft_remove"), onclick: () => ways.discard(draft) }, icon("trash")));
}

/** What went wrong while fetching: in the words of the server where it gave some, and when it is asked again. */
const troubleNotice = ({ key, words, againAt }: Trouble): HTMLElement => notice("warn",
  el("span", { dir: "auto" }, key ? say(key) : words), againAt ? el("span", {}, say("tries_again", { time: hourOf(againAt) })) : null);

/** In place of forms where there are none. Nobody is told that she has none before the server said so. */
const nothingHere = (isTold: boolean): HTMLElement | null =>
  (isTold ? el("div", { class: "empty" }, icon("paper"), el("h2", {}, say("no_forms")), el("p", {}, say("no_forms_text"))) : null);

/** A form to begin, or one that only ODK Collect can ask: that one is no button. */
const formLine = (form: Form, ways: Ways): HTMLElement => el("li", {}, form.isForCollect
  ? el("div", { class: "card fill-form is-elsewhere", "data-elsewhere": form.code }, icon("phone"),
    el("span", {}, el("span", { dir: titleSide(form.code) }, form.title), el("span", { class: "quiet" }, say("form_for_collect"))))
  : el("button", { type: "button", class: "card fill-form", onclick: () => ways.begin(form), "data-form": form.code },
    icon("paper"), el("span", { dir: titleSide(form.code) }, form.title), icon("next", "icon-points fill-go")));

export function formsScreen(memory: Memory, ways: Ways): HTMLElement {
  const offered = memory.forms.filter((form) => form.offered)
    .map((form) => ({ ...form, title: titled(form.id, form.title) }))
    .sort((one, other) => Number(one.isForCollect) - Number(other.isForCollect) || one.title.localeCompare(other.title));
  const trouble = fetchTrouble();
  return el("div", { class: "stack" },
    isShortOfRoom() ? notice("warn", say("no_space")) : null,
    trouble && !(isShortOfRoom() && trouble.key === "no_space") ? troubleNotice(trouble) : null,
    memory.drafts.length
      ? el("section", { class: "card", "aria-labelledby": "drafts" }, el("div", { class: "card-body" },
        el("h2", { class: "card-title", id: "drafts" }, say("drafts"), badge(numerals(String(memory.drafts.length)), "warn")),
        el("ul", { class: "fill-lines" }, ...memory.drafts.map((draft) => draftLine(draft, ways)))))
      : null,
    el("section", { "aria-labelledby": "forms" },
      el("h2", { id: "forms", class: "fill-title" }, say("forms_here")),
      offered.length
        ? el("ul", { class: "fill-forms" }, ...offered.map((form) => formLine(form, ways)))
        : nothingHere(!isFetching() && !trouble)),
    freshness(memory, ways));
}
