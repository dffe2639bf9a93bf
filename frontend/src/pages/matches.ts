/**
 * Search before create: while a person is typed, the page asks who is registered already under a like name. Without this
 * code the same is asked when the form is sent.
 */

const PAUSE = 600;
const ASKED = /^(?:members-\d+-)?(given_name|family_name|father_name|known_as|sex|birth|phone)$/;

type Input = HTMLInputElement | HTMLSelectElement;

/** What the search needs of the person in this row, or of the head for whom the form itself stands. */
function told(place: HTMLElement, form: HTMLFormElement): URLSearchParams {
  const row = place.closest<HTMLElement>("[data-member]");
  const values = new URLSearchParams();
  for (const input of (row ?? form).querySelectorAll<Input>("input, select")) {
    const name = ASKED.exec(input.name)?.[1];
    const mine = (input.closest("[data-member]") ?? null) === row;
    const chosen = !(input instanceof HTMLInputElement && input.type === "radio") || input.checked;
    if (name && mine && chosen && input.value.trim()) {
      values.set(name, input.value.trim());
    }
  }
  for (const name of ["jamoat", "village"]) {
    const input = form.elements.namedItem(name);
    const value = place.dataset[name] ?? (input && "value" in input ? input.value : "");
    if (value) {
      values.set(name, value);
    }
  }
  return values;
}

/** Two names and a fact that is no name: less finds nobody. */
function isEnough(values: URLSearchParams): boolean {
  const has = (name: string): boolean => Boolean(values.get(name));
  return has("given_name") && (has("family_name") || has("father_name")) && (has("birth") || has("phone"));
}

export function searchBeforeCreate(form: HTMLFormElement): void {
  const waiting = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();
  const asked = new WeakMap<HTMLElement, string>();

  const show = (place: HTMLElement, html: string): void => {
    const ticked = place.querySelector<HTMLInputElement>("input[name=none_of_these]:checked")?.value;
    place.innerHTML = html;
    const answer = place.querySelector<HTMLInputElement>("input[name=none_of_these]");
    if (answer && ticked === answer.value) {
      answer.checked = true; // the same people: the answer stands
    }
  };

  const ask = async (place: HTMLElement): Promise<void> => {
    const values = told(place, form);
    const question = isEnough(values) ? values.toString() : "";
    if (asked.get(place) === question) {
      return;
    }
    asked.set(place, question);
    if (!question) {
      place.replaceChildren();
      return;
    }
    const token = form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const answer = await fetch(place.dataset["url"] ?? "", {
        method: "POST",
        body: values,
        headers: { "X-CSRFToken": token },
        credentials: "same-origin",
      });
      // Typed on meanwhile: the next answer counts.
      if (answer.ok && !answer.redirected && asked.get(place) === question) {
        show(place, await answer.text());
      }
    } catch {
      asked.delete(place); // no connection now: the server asks again when the form is sent
    }
  };

  const note = (event: Event): void => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement || input instanceof HTMLSelectElement) || input.name === "none_of_these") {
      return;
    }
    const row = input.closest<HTMLElement>("[data-member]");
    const places = ["jamoat", "village"].includes(input.name)
      ? [...form.querySelectorAll<HTMLElement>("[data-matches]")]
      : [...(row ?? form).querySelectorAll<HTMLElement>("[data-matches]")].filter(
          (place) => place.closest("[data-member]") === row,
        );
    for (const place of places) {
      clearTimeout(waiting.get(place));
      waiting.set(place, setTimeout(() => void ask(place), event.type === "change" ? 50 : PAUSE));
    }
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
}
