/** A form that is being filled in is kept on the device all the while: through a closed browser, a killed tab, a dead battery. */

import type { OpenForm } from "./engine";
import type { Draft, Photo } from "./records";
import * as store from "./store";
import { isOpen, openedKey, tellOthers } from "./vault";

/** So often it is looked whether something was filled in since. */
const EVERY = 2_000;
/** And so soon after the last letter. */
const SOON = 400;

/** What a family or a person is called in a filled form: the name of the submission, else the first words of it. */
export function labelOf(xml: string): string {
  const filled = new DOMParser().parseFromString(xml, "text/xml");
  const every = [...filled.getElementsByTagName("*")];
  const named = every.find((one) => one.localName === "instanceName")?.textContent?.trim();
  const entity = every.find((one) => one.localName === "entity" && one.getAttribute("dataset"));
  const label = [...(entity?.children ?? [])].find((one) => one.localName === "label")?.textContent?.trim();
  return named || label || "";
}

export interface Keeper {
  /** Write down what is filled in by now. */
  readonly save: () => Promise<void>;
  /** The draft as it was last written, or null where nothing was filled in. */
  readonly kept: () => Draft | null;
  readonly stop: () => void;
}

/** The pictures of a filled form, sealed under their own numbers; those that lie there already are left as they are. */
export async function picturesOf(
  files: readonly File[], before: readonly Photo[],
): Promise<{ photos: Photo[]; bodies: (readonly [string, ArrayBuffer])[] }> {
  const known = new Map(before.map((photo) => [`${photo.name}/${photo.size}`, photo]));
  const bodies: (readonly [string, ArrayBuffer])[] = [];
  const photos = await Promise.all(files.map(async (file) => {
    const found = known.get(`${file.name}/${file.size}`);
    if (found) {
      return found;
    }
    const photo = { id: crypto.randomUUID(), name: file.name, type: file.type, size: file.size };
    bodies.push([photo.id, await file.arrayBuffer()]);
    return photo;
  }));
  return { photos, bodies };
}

const markOf = (xml: string, files: readonly { readonly name: string; readonly size: number }[]): string =>
  [xml, ...files.map((file) => `${file.name}/${file.size}`)].join("\n");

/**
 * Keep `draft` in step with what is filled in, every two seconds, and whenever the page goes out of sight.
 *
 * A new form is worth keeping once it differs from what it was when it opened. `told` hears when something was written, and of what hindered it: nothing is lost in silence.
 */
export function keep(
  draft: Draft, form: OpenForm, told: (saved: Draft | null, problem: unknown) => void, isNew: boolean,
): Keeper {
  let last: string | null = isNew ? null : markOf(draft.xml, draft.photos);
  let untouched = isNew;
  let held = draft;
  let ended = false;
  let work = Promise.resolve();

  const write = async (): Promise<void> => {
    const filled = await form.state();
    if (ended || !filled || !isOpen()) {
      return;
    }
    const mark = markOf(filled.xml, filled.files);
    last ??= mark;
    if (mark === last) {
      return;
    }
    const { photos, bodies } = await picturesOf(filled.files, held.photos);
    const next: Draft = { ...held, xml: filled.xml, label: labelOf(filled.xml), photos, savedAt: Date.now() };
    if (ended) {
      return;
    }
    const kept = new Set(photos.map((photo) => photo.id));
    await store.write(openedKey(), {
      put: [["draft", draft.id, next]], photos: bodies,
      remove: held.photos.filter((photo) => !kept.has(photo.id)).map((photo) => ["photo", photo.id] as const),
    });
    last = mark;
    untouched = false;
    held = next;
    told(next, null);
    tellOthers();
  };
  // One after another: a slow store must not be overtaken by the next look.
  const save = (): Promise<void> => {
    work = work.then(write).catch((problem: unknown) => told(null, problem));
    return work;
  };
  void form.opened.then(save);
  const timer = setInterval(() => void save(), EVERY);
  const now = (): void => void save();
  let pause: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(pause);
    pause = setTimeout(now, SOON);
  };
  document.addEventListener("input", soon, true);
  document.addEventListener("visibilitychange", now);
  addEventListener("pagehide", now);
  return {
    save,
    kept: () => (untouched ? null : held),
    stop: () => {
      ended = true;
      clearInterval(timer);
      clearTimeout(pause);
      document.removeEventListener("input", soon, true);
      document.removeEventListener("visibilitychange", now);
      removeEventListener("pagehide", now);
    },
  };
}
