/** What lies on this device, how fresh it is, how much room is left, and how everything is taken away. */

import { askToKeep, room, type Memory } from "../app";
import { ask, badge, button, el, notice } from "../dom";
import { SIZE } from "../reserve";
import { chooseLanguage, LANGUAGES, moment, numerals, nameOf, say, size, spoken } from "../words";

export interface Ways {
  readonly lock: () => void;
  readonly leave: () => void;
  readonly nUnsent: () => number;
  readonly redraw: () => void;
}

const KNOWN = ["families", "people", "places", "groups", "sessions", "learners", "plots", "follow_ups", "referrals", "campaigns", "practices", "topics"];

/** The name of a list as people say it. */
export function listName(file: string): string {
  const name = file.replace(/\.csv$/, "");
  return KNOWN.includes(name) ? say(`list_${name}`) : file;
}

export const languageButtons = (redraw: () => void): HTMLElement => el("div", { class: "languages", role: "group", "aria-label": say("language") },
  ...LANGUAGES.map((one) => el("button", {
    type: "button", class: "btn btn-sm", lang: one, "aria-pressed": one === spoken() ? "true" : "false",
    onclick: () => {
      chooseLanguage(one);
      redraw();
    },
  }, nameOf(one))));

async function storage(ways: Ways): Promise<HTMLElement> {
  const { used, free, isKept, isShort } = await room();
  return el("div", { class: "stack" },
    el("dl", { class: "facts" },
      el("div", {}, el("dt", {}, say("space_used")), el("dd", {}, size(used))),
      free === null ? null : el("div", {}, el("dt", {}, say("space_free")), el("dd", {}, size(free))),
      el("div", {}, el("dt", {}, say("space_reserve")), el("dd", {}, isShort ? badge(say("no"), "warn", "warn") : badge(size(SIZE), "ok", "check"))),
      el("div", {}, el("dt", {}, say("space_kept")), el("dd", {}, isKept ? badge(say("yes"), "ok", "check") : badge(say("no"), "warn", "warn")))),
    isShort ? notice("warn", say("no_space")) : null,
    isKept ? null : el("div", {}, el("p", { class: "quiet" }, say("space_kept_text")),
      button(say("space_keep"), () => void askToKeep().then(ways.redraw), { css: "btn-sm" })));
}

export function deviceScreen(memory: Memory, ways: Ways): HTMLElement {
  const place = el("div", {});
  void storage(ways).then((made) => place.replaceChildren(made));
  const leave = (): void => {
    const n = ways.nUnsent();
    void ask(say("wipe_ask"), n ? say("wipe_unsent", { n }) : say("wipe_text"), say("wipe_yes"), say("cancel"), true)
      .then((yes) => yes && ways.leave());
  };
  return el("div", { class: "stack" },
    el("section", { class: "card" }, el("div", { class: "card-body" },
      el("h2", { class: "card-title" }, say("lists_here")),
      el("p", { class: "quiet" }, say("lists_text")),
      memory.lists.length
        ? el("ul", { class: "fill-lines" }, ...memory.lists.map((list) => {
          const added = memory.sprouts.filter((one) => one.isNew && `${one.dataset}.csv` === list.name).length;
          return el("li", { class: "fill-line" }, el("div", { class: "fill-line-main" },
            el("strong", {}, listName(list.name)),
            el("span", { class: "quiet" }, say("list_age", { time: moment(list.at) })),
            added ? el("span", { class: "quiet" }, say("list_added", { n: added })) : null), el("span", { class: "fill-count" }, numerals(String(list.nRows))));
        }))
        : el("p", { class: "quiet" }, say("no_lists")))),
    el("section", { class: "card" }, el("div", { class: "card-body" }, el("h2", { class: "card-title" }, say("space")), place)),
    el("section", { class: "card" }, el("div", { class: "card-body" },
      el("h2", { class: "card-title" }, say("language")), languageButtons(ways.redraw))),
    el("section", { class: "card" }, el("div", { class: "card-body" },
      el("h2", { class: "card-title" }, say("leave")),
      el("p", {}, say("device_of", { name: memory.owner.name })),
      el("p", { class: "quiet" }, say("leave_text")),
      el("div", { class: "form-actions" },
        button(say("lock_now"), ways.lock, { icon: "lock", kind: "lock" }),
        button(say("leave_now"), leave, { css: "btn-error", icon: "trash", kind: "leave" })))));
}
