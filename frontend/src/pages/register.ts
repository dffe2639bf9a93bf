/**
 * Registration in three steps. The page is one long form; here it is shown a step at a time, checked before one goes on,
 * and summed up before it is saved. The browser's own way back leads to the step before.
 */

import { keepDraft } from "./drafts";
import { members, type Members } from "./members";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const isInput = (element: Element): element is Input => element.matches("input, select, textarea");

/** What an answer makes necessary: where and since when somebody is abroad, who answers for a child. */
function isAskedFurther(input: Input): boolean {
  const ticked = (selector: string): boolean =>
    Boolean((input.closest("[data-member]") ?? input.form)?.querySelector(`${selector}:checked`));
  return (
    (/-(country|departed_on)$/.test(input.name) && ticked("input[name$=-abroad]")) ||
    (input.name === "guardian_name" && ticked("input[name=consent_given_by][value=guardian]")) ||
    (input.name === "who_may_answer" && input.form?.querySelector<HTMLSelectElement>("[name=may_call]")?.value === "through_other")
  );
}

/** What must be filled in: the form's own required fields, three fields of each member who is not empty, and what these
 * make necessary. */
function isMissing(input: Input, team: Members): boolean {
  const row = input.closest<HTMLElement>("[data-member]");
  const asked =
    isAskedFurther(input) ||
    (row
      ? !team.isEmpty(row) && (/-(given_name|relation|sex)$/.test(input.name) || input.name === "none_of_these")
      : "required" in input && input.required);
  if (!asked) {
    return false;
  }
  if (input instanceof HTMLInputElement && input.type === "radio") {
    return !input.form?.querySelector(`input[name="${CSS.escape(input.name)}"]:checked`);
  }
  if (input instanceof HTMLInputElement && input.type === "checkbox") {
    return !input.checked;
  }
  return !input.value.trim();
}

/** Say under the label that something is missing, or take it back. */
function mark(input: Input, missing: boolean, template: HTMLElement | null): void {
  const field = input.closest<HTMLElement>(".field");
  const said = field?.querySelector<HTMLElement>("[data-missing]");
  if (!field || missing === Boolean(said)) {
    return;
  }
  field.classList.toggle("has-error", missing);
  if (said) {
    said.remove();
    input.removeAttribute("aria-invalid");
    const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== said.id);
    input.setAttribute("aria-describedby", others.join(" "));
    return;
  }
  if (!template) {
    return;
  }
  const error = template.cloneNode(true) as HTMLElement;
  error.hidden = false;
  error.removeAttribute("data-error-template");
  error.dataset["missing"] = "";
  error.id = `${input.id}_missing`;
  const before = field.querySelector(".field-error");
  before?.remove();
  (field.querySelector(".field-help") ?? field.querySelector("label:not(.choice), legend"))?.after(error);
  if (!error.isConnected) {
    field.prepend(error);
  }
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
}

/** What a field says to a person: the chosen words, not the code behind them. */
function words(form: HTMLFormElement, name: string): string {
  const input = form.elements.namedItem(name);
  if (input instanceof RadioNodeList) {
    const checked = [...input].find((one) => one instanceof HTMLInputElement && one.checked);
    return (checked instanceof HTMLInputElement && checked.closest("label")?.textContent?.trim()) || "";
  }
  if (input instanceof HTMLSelectElement) {
    return input.value ? (input.selectedOptions[0]?.textContent?.trim() ?? "") : "";
  }
  return input instanceof HTMLInputElement ? input.value.trim() : "";
}

function sumUp(form: HTMLFormElement, team: Members): void {
  const comma = document.documentElement.lang === "fa" ? "، " : ", ";
  const put = (part: string, lines: string[]): void => {
    const place = form.querySelector<HTMLElement>(`[data-sum="${part}"]`);
    const kept = lines.filter(Boolean);
    const shown = kept.length ? kept : [place?.dataset["nobody"] ?? ""];
    place?.replaceChildren(
      ...shown.map((line) => {
        const element = document.createElement("span");
        element.dir = "auto";
        element.textContent = line;
        return element;
      }),
    );
  };
  const person = (prefix: string, rest: string[]): string => {
    const name = ["family_name", "given_name", "father_name"].map((part) => words(form, prefix + part));
    return [name.filter(Boolean).join(" "), ...rest.map((part) => words(form, prefix + part))].filter(Boolean).join(comma);
  };
  put("place", [[words(form, "jamoat"), words(form, "village")].filter(Boolean).join(comma)]);
  put("head", [person("", ["sex", "birth"])]);
  put(
    "members",
    team.rows().flatMap((row, index) => {
      const away = row.querySelector<HTMLInputElement>("input[name$=-abroad]")?.checked ? ["country"] : [];
      return team.isEmpty(row) ? [] : [person(`members-${index}-`, ["relation", "birth", ...away])];
    }),
  );
  form.querySelector<HTMLElement>("[data-summary]")?.removeAttribute("hidden");
}

export function register(form: HTMLFormElement): void {
  for (const plain of form.querySelectorAll("noscript")) {
    plain.remove();
  }
  const steps = [...form.querySelectorAll<HTMLElement>("[data-step]")];
  const marks = [...form.querySelectorAll<HTMLElement>("[data-steps] li")];
  const back = form.querySelector<HTMLButtonElement>("[data-step-back]");
  const next = form.querySelector<HTMLButtonElement>("[data-step-next]");
  const save = form.querySelector<HTMLButtonElement>("[data-step-save]");
  const template = form.querySelector<HTMLElement>("[data-error-template]");
  const team = members(form);
  form.noValidate = true;
  let at = 0;

  const show = (goal: number, focus = true): void => {
    at = goal;
    steps.forEach((step, index) => (step.hidden = index !== at));
    marks.forEach((item, index) => {
      item.classList.toggle("is-done", index < at);
      item.querySelector("a")?.toggleAttribute("data-closed", index > at);
      if (index === at) {
        item.setAttribute("aria-current", "step");
      } else {
        item.removeAttribute("aria-current");
      }
    });
    back?.toggleAttribute("hidden", at === 0);
    next?.toggleAttribute("hidden", at === steps.length - 1);
    save?.toggleAttribute("hidden", at !== steps.length - 1);
    if (at === steps.length - 1) {
      sumUp(form, team);
    }
    if (focus) {
      steps[at]?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
  };

  /** Marks what is missing in a step and returns the first of it. */
  const firstMissing = (step: HTMLElement): Input | null => {
    let first: Input | null = null;
    const radios = new Set<string>();
    for (const input of [...step.querySelectorAll("input, select, textarea")].filter(isInput)) {
      if (input.type === "hidden" || radios.has(input.name)) {
        continue;
      }
      if (input.type === "radio") {
        radios.add(input.name);
      }
      const missing = isMissing(input, team);
      if (missing || input.closest(".field")?.querySelector("[data-missing]")) {
        mark(input, missing, template);
      }
      first ??= missing ? input : null;
    }
    return first;
  };

  const pass = (until: number): boolean => {
    for (let index = at; index < until; index += 1) {
      const step = steps[index];
      const missing = step && firstMissing(step);
      if (missing) {
        if (index !== at) {
          show(index, false);
        }
        missing.focus();
        missing.closest(".field")?.scrollIntoView({ block: "center" });
        return false;
      }
    }
    return true;
  };

  const go = (goal: number): void => {
    if (goal > at && !pass(goal)) {
      return;
    }
    if (goal !== at) {
      history.pushState({ step: goal, from: at }, "");
      show(goal);
    }
  };

  form.querySelector("[data-steps]")?.removeAttribute("hidden");
  next?.addEventListener("click", () => go(at + 1));
  back?.addEventListener("click", () => {
    const state = history.state as { from?: number } | null;
    if (state?.from === at - 1) {
      history.back();
    } else {
      history.replaceState({ step: at - 1 }, "");
      show(at - 1);
    }
  });
  marks.forEach((item, index) =>
    item.addEventListener("click", (event) => {
      event.preventDefault();
      go(index);
    }),
  );
  form.addEventListener("change", (event) => {
    const field = event.target instanceof Element ? event.target.closest(".field") : null;
    const input = field?.querySelector("[aria-invalid]");
    if (input && isInput(input) && field?.querySelector("[data-missing]")) {
      mark(input, isMissing(input, team), template);
    }
  });

  // Before anyone else hears of it: Enter goes to the next step, and nothing is sent while something is missing.
  const beforeSending = (event: Event): void => {
    if (event.target !== form) {
      return;
    }
    const last = steps.length - 1;
    const mayGo = at < last ? (go(at + 1), false) : checkAll();
    if (!mayGo) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  const checkAll = (): boolean => {
    const here = at;
    at = 0;
    const whole = pass(steps.length);
    if (whole) {
      at = here;
    }
    return whole;
  };
  const onPop = (event: PopStateEvent): void => {
    if (!form.isConnected) {
      removeEventListener("popstate", onPop);
      document.removeEventListener("submit", beforeSending, true);
      return;
    }
    const step = (event.state as { step?: number } | null)?.step ?? 0;
    show(Math.min(step, steps.length - 1));
  };
  document.addEventListener("submit", beforeSending, true);
  addEventListener("popstate", onPop);

  // A link in the list of errors leads into a step that may be hidden.
  form.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".errors-box a") : null;
    const goal = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const step = goal ? steps.findIndex((one) => one.contains(goal)) : -1;
    if (goal && step >= 0) {
      event.preventDefault();
      show(step, false);
      goal.focus();
      goal.closest(".field")?.scrollIntoView({ block: "center" });
    }
  });

  const broken = steps.findIndex((step) => step.querySelector(".has-error, [aria-invalid=true]"));
  history.replaceState({ step: Math.max(broken, 0) }, "");
  show(Math.max(broken, 0), false);

  void keepDraft(form, {
    prepare: (entries) => team.grow(Number(entries.get("members-TOTAL_FORMS") ?? 0)),
    step: () => at,
    goTo: (step) => {
      const goal = Math.min(step, steps.length - 1);
      history.replaceState({ step: goal }, "");
      show(goal);
    },
  });
}
