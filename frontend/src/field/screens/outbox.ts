/** What was filled in and is on its way, each with where it stands. */

import { isSendingNow, isShortOfRoom, type Memory } from "../app";
import { badge, button, el, icon, notice } from "../dom";
import type { Parcel } from "../records";
import { moment, numerals, say } from "../words";
import { titleOf } from "./forms";

export interface Ways {
  readonly send: () => void;
  readonly again: (parcel: Parcel) => void;
  readonly reopen: (parcel: Parcel) => void;
}

/** Where a parcel stands, in a word, a colour and a drawing. */
function standing(parcel: Parcel): HTMLElement {
  switch (parcel.state) {
    case "arrived":
      return badge(say("state_arrived"), "ok", "check");
    case "refused":
      return badge(say("state_refused"), "danger", "warn");
    case "sending":
      return badge(isSendingNow() ? say("state_sending") : say("state_waiting"), "info", "upload");
    default:
      return navigator.onLine ? badge(say("state_waiting_turn"), "warn", "clock") : badge(say("state_waiting"), "warn", "clock");
  }
}

function line(parcel: Parcel, ways: Ways): HTMLElement {
  return el("li", { class: "fill-line fill-parcel", "data-parcel": parcel.state },
    el("div", { class: "fill-line-main" },
      el("strong", {}, parcel.label ? el("bdi", {}, parcel.label) : titleOf(parcel)),
      el("span", { class: "quiet" },
        parcel.label ? titleOf(parcel) : null,
        el("span", {}, parcel.state === "arrived" ? moment(parcel.arrivedAt) : moment(parcel.queuedAt)))),
    standing(parcel),
    parcel.state === "refused"
      ? el("div", { class: "fill-refused" }, el("p", { dir: "auto" }, parcel.words || say("refused_without_words")),
        el("div", { class: "actions" },
          button(say("refused_open"), () => ways.reopen(parcel), { css: "btn-sm", icon: "edit" }),
          button(say("refused_again"), () => ways.again(parcel), { css: "btn-sm btn-ghost", icon: "undo" })))
      : null,
    parcel.state === "waiting" && parcel.words ? el("p", { class: "quiet fill-hindered", dir: "auto" }, parcel.words) : null);
}

export function outboxScreen(memory: Memory, ways: Ways): HTMLElement {
  const open = memory.parcels.filter((one) => one.state !== "arrived");
  const arrived = memory.parcels.filter((one) => one.state === "arrived").sort((one, other) => other.arrivedAt - one.arrivedAt);
  return el("div", { class: "stack" },
    isShortOfRoom() ? notice("warn", say(open.length ? "no_space_send" : "no_space")) : null,
    open.length
      ? el("section", { class: "card", "aria-labelledby": "open" }, el("div", { class: "card-body" },
        el("h2", { class: "card-title", id: "open" }, say("on_the_way"), badge(numerals(String(open.length)), "warn")),
        navigator.onLine ? null : el("p", { class: "quiet" }, say("goes_by_itself")),
        el("ul", { class: "fill-lines" }, ...open.map((one) => line(one, ways))),
        navigator.onLine ? el("div", { class: "form-actions" }, button(say("send_now"), ways.send, { css: "btn-primary", icon: "send", kind: "send" })) : null))
      : null,
    arrived.length
      ? el("section", { class: "card", "aria-labelledby": "arrived" }, el("div", { class: "card-body" },
        el("h2", { class: "card-title", id: "arrived" }, say("arrived")),
        el("p", { class: "quiet" }, say("arrived_text")),
        el("ul", { class: "fill-lines" }, ...arrived.map((one) => line(one, ways)))))
      : null,
    open.length || arrived.length ? null
      : el("div", { class: "empty" }, icon("send"), el("h2", {}, say("outbox_empty")), el("p", {}, say("outbox_empty_text"))));
}
