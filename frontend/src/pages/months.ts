/**
 * The grid of months: Enter leads to the same field of the month below, and a month that is filled in takes currency and
 * channel from the one above, until somebody chooses others.
 */

const COPIED = ["currency", "channel"];

function field(row: Element | undefined, name: string): HTMLInputElement | HTMLSelectElement | undefined {
  return row?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name$="-${name}"]`) ?? undefined;
}

export function fillMonths(form: HTMLFormElement): void {
  const rows = [...form.querySelectorAll("[data-month]")];
  const chosen = new WeakSet<Element>();

  const copyDown = (from: number): void => {
    for (const row of rows.slice(from + 1)) {
      if (field(row, "amount")?.value) {
        return; // what somebody wrote stays as it was written
      }
      for (const name of COPIED) {
        const target = field(row, name);
        const source = field(rows[from], name);
        if (target && source && !chosen.has(target)) {
          target.value = source.value;
        }
      }
    }
  };

  form.addEventListener("change", (event) => {
    const target = event.target;
    const place = rows.findIndex((row) => target instanceof Node && row.contains(target));
    if (place >= 0 && target instanceof HTMLSelectElement) {
      chosen.add(target);
      copyDown(place);
    }
  });

  form.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.key !== "Enter" || !(target instanceof HTMLInputElement) || event.isComposing) {
      return;
    }
    const place = rows.findIndex((row) => row.contains(target));
    const name = target.name.split("-").pop() ?? "";
    const next = field(rows[place + 1], name);
    if (place >= 0) {
      event.preventDefault();
      (next ?? form.querySelector<HTMLButtonElement>("button[type=submit]"))?.focus();
      if (next instanceof HTMLInputElement) {
        next.select();
      }
    }
  });
}
