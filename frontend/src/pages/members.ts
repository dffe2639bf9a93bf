/** The members of a family that is being registered: rows of a Django formset, added, taken away and numbered anew. */

const PREFIX = /members-(?:\d+|__prefix__)-/g;
const NAMING = ["id", "name", "for", "aria-describedby", "aria-labelledby", "href"];

export interface Members {
  readonly rows: () => HTMLElement[];
  readonly isEmpty: (row: HTMLElement) => boolean;
  /** Make as many rows as a kept draft holds. */
  readonly grow: (n: number) => void;
}

function rename(row: HTMLElement, index: number): void {
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const name of NAMING) {
      const value = element.getAttribute(name);
      if (value?.includes("members-")) {
        element.setAttribute(name, value.replace(PREFIX, `members-${index}-`));
      }
    }
  }
}

export function members(form: HTMLFormElement): Members {
  const list = form.querySelector<HTMLElement>("[data-member-list]");
  const template = form.querySelector<HTMLTemplateElement>("[data-member-template]");
  const adder = form.querySelector<HTMLButtonElement>("[data-member-add]");
  const full = form.querySelector<HTMLElement>("[data-members-full]");
  const total = form.querySelector<HTMLInputElement>("input[name=members-TOTAL_FORMS]");
  const most = Number(form.querySelector<HTMLInputElement>("input[name=members-MAX_NUM_FORMS]")?.value ?? 20);
  const numbers = new Intl.NumberFormat(document.documentElement.lang === "fa" ? "fa-AF" : "en");
  const rows = (): HTMLElement[] => [...(list?.querySelectorAll<HTMLElement>("[data-member]") ?? [])];

  const isEmpty = (row: HTMLElement): boolean =>
    [...row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")].every((input) =>
      input instanceof HTMLInputElement && ["radio", "checkbox"].includes(input.type)
        ? !input.checked
        : !input.value.trim(),
    );

  const number = (): void => {
    const all = rows();
    all.forEach((row, index) => {
      // Two passes, so that a radio never shares its name with a neighbour for a moment and loses its choice.
      rename(row, index + 1000);
      const words = row.querySelector("[data-member-number]");
      if (words) {
        words.textContent = numbers.format(index + 1);
      }
      row.querySelector<HTMLElement>("[data-member-remove]")?.removeAttribute("hidden");
    });
    all.forEach(rename);
    if (total) {
      total.value = String(all.length);
    }
    adder?.toggleAttribute("hidden", all.length >= most);
    full?.toggleAttribute("hidden", all.length < most);
  };

  adder?.addEventListener("click", () => {
    if (!list || !template || rows().length >= most) {
      return;
    }
    list.append(template.content.cloneNode(true));
    number();
    const added = rows().at(-1);
    added?.querySelector<HTMLElement>("select, input")?.focus();
    added?.scrollIntoView({ block: "nearest" });
  });

  list?.addEventListener("click", (event) => {
    const remover = event.target instanceof Element ? event.target.closest("[data-member-remove]") : null;
    const row = remover?.closest<HTMLElement>("[data-member]");
    if (!row) {
      return;
    }
    const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>(
      "[data-member-remove]",
    );
    row.remove();
    number();
    (next ?? adder)?.focus();
  });

  const grow = (n: number): void => {
    for (const row of rows().slice(n)) {
      row.remove();
    }
    while (list && template && rows().length < Math.min(n, most)) {
      list.append(template.content.cloneNode(true));
    }
    number();
  };

  number();
  return { rows, isEmpty, grow };
}
