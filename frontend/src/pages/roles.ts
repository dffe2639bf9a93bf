/** The form that gives a role shows only the scopes the role can have, and only the fields the scope needs. */

export function fitScopes(form: HTMLFormElement): void {
  const chosen = (name: string): HTMLInputElement | null => form.querySelector(`input[name="${name}"]:checked`);

  const fit = (): void => {
    const role = chosen("role");
    const allowed = (role?.dataset["scopes"] ?? "").split(" ").filter(Boolean);
    const scopes = [...form.querySelectorAll<HTMLInputElement>("[data-role-scope] input[type=radio]")];
    for (const scope of scopes) {
      const fits = allowed.includes(scope.value);
      scope.disabled = !fits;
      scope.checked &&= fits;
      scope.closest<HTMLElement>(".choice")?.toggleAttribute("hidden", !fits);
    }
    const only = allowed.length === 1 && scopes.find((scope) => scope.value === allowed[0]);
    if (only) {
      only.checked = true;
    }
    form.querySelector<HTMLElement>("[data-role-scope]")?.toggleAttribute("hidden", role === null);
    const needed = chosen("scope")?.value;
    for (const part of form.querySelectorAll<HTMLElement>("[data-for-scope]")) {
      part.hidden = part.dataset["forScope"] !== needed;
    }
  };

  form.addEventListener("change", fit);
  fit();
}
