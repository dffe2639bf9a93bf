/** Elements of the page, made without a framework: text is always text, never markup. */

type Child = Node | string | null | false | undefined;
type Attributes = Readonly<Record<string, string | boolean | number | ((event: Event) => void) | undefined>>;

/** An element: `onclick` and its kin are listeners, `true` is an attribute without a value, `false` leaves it away. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(key.replace(/^on/, ""), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((child): child is Node | string => typeof child === "string" || child instanceof Node));
  return made;
}

/** A drawing that the page brought along. */
export function icon(name: string, css = ""): SVGElement {
  const found = document.querySelector<HTMLTemplateElement>("template[data-icons]")?.content.querySelector(`[data-icon="${name}"] svg`);
  const drawn = (found?.cloneNode(true) ?? document.createElementNS("http://www.w3.org/2000/svg", "svg")) as SVGElement;
  if (css) {
    drawn.classList.add(...css.split(" "));
  }
  return drawn;
}

export const badge = (words: string, tone: string, drawing = ""): HTMLElement =>
  el("span", { class: `badge badge-${tone}` }, drawing ? icon(drawing) : null, words);

/** A button with words, and a drawing if wished. */
export function button(words: string, does: () => void, more: { css?: string; icon?: string; kind?: string } = {}): HTMLButtonElement {
  return el(
    "button", { type: "button", class: `btn ${more.css ?? ""}`.trim(), onclick: does, "data-does": more.kind },
    more.icon ? icon(more.icon) : null, el("span", {}, words),
  );
}

/** A notice in the page; screen readers read it out when it appears. */
export function notice(tone: "info" | "warn" | "danger" | "ok", ...children: Child[]): HTMLElement {
  const kind = { info: "alert-info", warn: "alert-warning", danger: "alert-error", ok: "alert-success" }[tone];
  return el("div", { class: `alert ${kind}`, role: tone === "danger" ? "alert" : "status" }, icon(tone === "ok" ? "check" : tone === "info" ? "info" : "warn"), el("div", { class: "fill-notice" }, ...children));
}

/** Ask a yes-or-no question in a sheet; resolves with the answer. */
export function ask(question: string, more: string, yes: string, no: string, danger = false): Promise<boolean> {
  return new Promise((resolve) => {
    const sheet = el("dialog", { class: "sheet fill-ask", "aria-labelledby": "ask-title" });
    const answer = (value: boolean) => (): void => {
      sheet.close();
      sheet.remove();
      resolve(value);
    };
    sheet.append(
      el("h2", { id: "ask-title" }, question), el("p", {}, more),
      el("div", { class: "form-actions" },
        button(yes, answer(true), { css: danger ? "btn-error" : "btn-primary", kind: "yes" }), button(no, answer(false), { kind: "no" })),
    );
    sheet.addEventListener("cancel", answer(false));
    document.body.append(sheet);
    sheet.showModal();
  });
}
