/** Forms and lists come onto the device: new ones are added, changed ones replaced, and what is no longer hers goes. */

import * as door from "./door";
import { caughtUp } from "./overlay";
import { readTable } from "./csv";
import type { Attached, Form, FormFile, Owner } from "./records";
import * as store from "./store";
import { openedKey, tellOthers } from "./vault";

const isText = (type: string, name: string): boolean => /^text\/|json|xml/.test(type) || /\.(csv|geojson|xml)$/.test(name);

/** Where a file lies on the device: lists are shared by all forms, other files belong to a version of a form. */
export const placeOf = (form: Pick<Form, "id">, file: FormFile): string => (file.isList ? `list/${file.name}` : `${form.id}/${file.name}`);

function toBase64(bytes: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    letters += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(letters);
}

export const bytesOf = (file: Attached): Uint8Array<ArrayBuffer> =>
  file.isText ? new TextEncoder().encode(file.body) : Uint8Array.from(atob(file.body), (letter) => letter.charCodeAt(0));

async function fetched(owner: Owner, id: string, file: FormFile, before: Attached | undefined): Promise<Attached> {
  const found = await door.file(owner, file.url, before?.etag ?? "");
  if (!found) {
    if (!before) {
      throw new door.NoAnswer();
    }
    return { ...before, hash: file.hash, at: Date.now() };
  }
  const textual = isText(found.type, file.name);
  const body = textual ? new TextDecoder().decode(found.body) : toBase64(new Uint8Array(found.body));
  return {
    id, name: file.name, hash: file.hash, etag: found.etag, type: found.type, body, isText: textual,
    nRows: file.name.endsWith(".csv") ? readTable(body).rows.length : 0, at: Date.now(),
  };
}

/** Bring the forms and lists of this device in line with the server. A form is offered once all its files are here. */
export async function bringUp(owner: Owner, told: (done: number, of: number) => void = () => undefined): Promise<void> {
  const key = openedKey();
  const waiting = (await store.all(key, "parcel")).filter((one) => one.state !== "arrived").length;
  const offered = await door.formList(owner, waiting);
  const forms = new Map((await store.all(key, "form")).map((form) => [form.id, form]));
  const files = new Map((await store.all(key, "attached")).map((file) => [file.id, file]));
  const fresh = new Set<string>();
  const wanted = new Set<string>();
  for (const [at, item] of offered.entries()) {
    told(at, offered.length);
    const id = `${item.code}@${item.version}`;
    const before = forms.get(id);
    // What cannot be filled in here is not fetched; where it is here, a draft may be in it.
    const held = before?.hash === item.hash ? before.xml : "";
    const xml = held || (item.isForCollect ? "" : await door.formText(owner, item.url));
    const parts = xml && item.manifest ? await door.manifest(owner, item.manifest) : [];
    for (const part of parts) {
      const place = placeOf({ id }, part);
      wanted.add(place);
      const held = files.get(place);
      if (fresh.has(place)) {
        continue;
      }
      fresh.add(place);
      // A list whose token did not move is as it was; its age begins anew, because the server said so now.
      const now = held && held.hash === part.hash ? { ...held, at: Date.now() } : await fetched(owner, place, part, held);
      files.set(place, now);
      await store.write(key, { put: [["attached", place, now]] });
    }
    const form: Form = {
      id, code: item.code, version: item.version, hash: item.hash, title: item.title, xml, files: parts, offered: true,
      isForCollect: item.isForCollect, at: Date.now(),
    };
    forms.set(id, form);
    // From the moment it can be begun, the version before it cannot.
    const former = [...forms.values()].filter((one) => one.code === form.code && one.id !== id && one.offered).map((one) => ({ ...one, offered: false }));
    former.forEach((one) => forms.set(one.id, one));
    await store.write(key, { put: [form, ...former].map((one) => ["form", one.id, one] as const) });
  }
  await keepListsOfDrafts(owner, forms, new Set(offered.map((item) => `${item.code}@${item.version}`)), wanted, files);
  await tidy(owner, new Set(offered.map((item) => `${item.code}@${item.version}`)), forms, wanted, files);
  tellOthers();
}

/** The forms that drafts and unsent parcels need. */
async function neededForms(): Promise<Set<string>> {
  const key = openedKey();
  const unsent = (await store.all(key, "parcel")).filter((parcel) => parcel.state !== "arrived");
  return new Set([...(await store.all(key, "draft")), ...unsent].map((one) => one.form));
}

/**
 * A draft in an older version may choose from a list that no newer version uses: it is fetched like the others, so that
 * what was chosen is still among the answers. Where the server does not give it any more, it goes.
 */
async function keepListsOfDrafts(
  owner: Owner, forms: ReadonlyMap<string, Form>, offered: ReadonlySet<string>, wanted: Set<string>, files: Map<string, Attached>,
): Promise<void> {
  const needed = await neededForms();
  for (const form of [...forms.values()].filter((one) => needed.has(one.id) && !offered.has(one.id))) {
    for (const list of form.files.filter((one) => one.isList && !wanted.has(placeOf(form, one)))) {
      const place = placeOf(form, list);
      try {
        const now = await fetched(owner, place, list, files.get(place));
        files.set(place, now);
        await store.write(openedKey(), { put: [["attached", place, now]] });
        wanted.add(place);
      } catch (problem) {
        if (!(problem instanceof door.NotThere)) {
          throw problem;
        }
      }
    }
  }
}

/** What the server no longer offers goes, unless a draft needs it: then it stays, and no new form is begun in it. */
async function tidy(
  owner: Owner, offered: ReadonlySet<string>, forms: ReadonlyMap<string, Form>, wanted: Set<string>, files: ReadonlyMap<string, Attached>,
): Promise<void> {
  const key = openedKey();
  // A form that is being filled in may not be kept as a draft yet; one that was refused may be opened again.
  const isFilling = ((await navigator.locks.query()).held ?? []).some((one) => one.name?.startsWith("paivand-fill-draft-"));
  const needed = await neededForms();
  const put: ["form", string, Form][] = [];
  const remove: ["form" | "attached", string][] = [];
  for (const form of forms.values()) {
    if (offered.has(form.id)) {
      continue;
    }
    if (isFilling || needed.has(form.id)) {
      put.push(["form", form.id, { ...form, offered: false }]);
      // Its own pictures stay with it; a list that is no longer hers does not.
      form.files.filter((file) => !file.isList).forEach((file) => wanted.add(placeOf(form, file)));
    } else {
      remove.push(["form", form.id]);
    }
  }
  remove.push(...[...files.keys()].filter((place) => !wanted.has(place)).map((place): ["attached", string] => ["attached", place]));
  await store.write(key, { put, remove });
  await settle(owner, forms, files);
}

/** Let go of what the server's lists have caught up with, and of what it says is no longer there. */
async function settle(owner: Owner, forms: ReadonlyMap<string, Form>, files: ReadonlyMap<string, Attached>): Promise<void> {
  const key = openedKey();
  const [sprouts, parcels] = await Promise.all([store.all(key, "sprout"), store.all(key, "parcel")]);
  const open = new Set(parcels.filter((one) => one.state !== "arrived").map((one) => one.id));
  const lists = new Map([...forms.values()].flatMap((form) => form.files.filter((file) => file.isList && file.integrity)).map((file) => [file.name, file]));
  for (const list of lists.values()) {
    const dataset = list.name.replace(/\.csv$/, "");
    const ours = sprouts.filter((one) => one.dataset === dataset);
    const body = files.get(placeOf({ id: "" }, list))?.body;
    if (!ours.length || body === undefined) {
      continue;
    }
    const settled = new Set(caughtUp(body, dataset, ours, parcels, Date.now()).map((one) => one.id));
    const unseen = ours.filter((one) => !settled.has(one.id) && !one.parcels.some((parcel) => open.has(parcel)));
    if (unseen.length) {
      const lost = await door.gone(owner, list.integrity, unseen.map((one) => one.entity));
      unseen.filter((one) => lost.has(one.entity)).forEach((one) => settled.add(one.id));
    }
    await store.write(key, { remove: [...settled].map((id) => ["sprout", id] as const) });
  }
}
