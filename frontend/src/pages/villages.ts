/** Offers the known villages of the chosen jamoat in the field of the village. Without this code it is written by hand. */

const known = new Map<string, Promise<string[]>>();

async function villagesOf(jamoat: string): Promise<string[]> {
  try {
    const answer = await fetch(`/places/${encodeURIComponent(jamoat)}/villages/`, { credentials: "same-origin" });
    const body: unknown = answer.ok && !answer.redirected ? await answer.json() : {};
    const villages = (body as { villages?: unknown }).villages;
    return Array.isArray(villages) ? villages.map(String) : [];
  } catch {
    known.delete(jamoat); // no connection now: ask again when the jamoat is chosen again
    return [];
  }
}

export function offerVillages(field: HTMLInputElement): void {
  const jamoat = field.form?.querySelector<HTMLSelectElement>("select[name=jamoat]");
  if (!jamoat) {
    return;
  }
  const list = document.createElement("datalist");
  list.id = `${field.id}-known`;
  field.after(list);
  field.setAttribute("list", list.id);
  const offer = async (): Promise<void> => {
    const chosen = jamoat.value;
    if (!chosen) {
      list.replaceChildren();
      return;
    }
    if (!known.has(chosen)) {
      known.set(chosen, villagesOf(chosen));
    }
    const villages = (await known.get(chosen)) ?? [];
    if (jamoat.value !== chosen) {
      return;
    }
    list.replaceChildren(
      ...villages.map((name) => {
        const option = document.createElement("option");
        option.value = name;
        return option;
      }),
    );
  };
  jamoat.addEventListener("change", () => void offer());
  void offer();
}
