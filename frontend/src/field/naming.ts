/**
 * Names for those who hear the page: `@getodk/web-forms` ties a question's words to a place that is no field, and heads a
 * group by something that only a mouse can open. What it draws is told here whose words belong to it.
 */

import { say } from "./words";

const FIELD = ":is(.p-select, .p-multiselect, .p-datepicker, .p-inputnumber) :is([role=combobox], [role=spinbutton], input)";

function nameQuestion(box: Element): void {
  box.setAttribute("data-named", "");
  const words = box.querySelector<HTMLElement>(".control-text > label");
  if (!words) {
    return;
  }
  words.id ||= `${box.id}_words`;
  const fields = box.querySelectorAll(FIELD);
  fields.forEach((field) => {
    field.setAttribute("aria-labelledby", words.id);
    field.removeAttribute("aria-label");
  });
  if (fields.length === 0 && !box.querySelector("input[type=text], textarea")) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", words.id);
  }
}

/** A group is folded by its head, with a key as with a finger. */
function nameGroup(panel: Element): void {
  panel.setAttribute("data-named", "");
  const title = panel.querySelector<HTMLElement>(":scope > .p-panel-header .panel-title");
  const content = panel.querySelector<HTMLElement>(":scope > [role=region]");
  if (!title || !content) {
    return;
  }
  const menu = panel.querySelector(":scope > .p-panel-header .button-menu");
  menu?.setAttribute("aria-label", `${say("form_remove")}: ${title.textContent.trim()}`);
  menu?.setAttribute("aria-haspopup", "menu");
  // A page with twenty regions has none.
  content.setAttribute("role", "group");
  title.id ||= content.getAttribute("aria-labelledby") ?? "";
  title.tabIndex = 0;
  title.setAttribute("aria-controls", content.id);
  const tell = (): void => title.setAttribute("aria-expanded", String(!panel.classList.contains("panel-content-hidden")));
  tell();
  new MutationObserver(tell).observe(panel, { attributes: true, attributeFilter: ["class"] });
  title.addEventListener("keydown", (event) => {
    if (event.target === title && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      title.click();
    }
  });
}

function nameAll(host: HTMLElement): void {
  host.querySelectorAll(".question-container:not([data-named])").forEach(nameQuestion);
  host.querySelectorAll(".p-panel:not([data-named])").forEach(nameGroup);
  // Of a picture that was chosen; it comes and goes inside of its question.
  host.querySelectorAll(".clear-button:not([aria-label])").forEach((one) => one.setAttribute("aria-label", say("form_remove")));
}

/** Name what is drawn inside `host`, now and as long as it is open. Gives the way to stop. */
export function nameWhatIsDrawn(host: HTMLElement): () => void {
  let asked = 0;
  const watching = new MutationObserver(() => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => nameAll(host));
  });
  watching.observe(host, { childList: true, subtree: true });
  nameAll(host);
  return () => {
    cancelAnimationFrame(asked);
    watching.disconnect();
  };
}
