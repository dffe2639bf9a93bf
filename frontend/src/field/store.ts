/**
 * The store of the device: IndexedDB, in which every record is sealed by itself.
 *
 * Writing is all or nothing: what belongs together goes in one transaction, which the browser is asked to bring onto the
 * disk before it says that it is done.
 */

import type { Kind, Kinds, Vault } from "./records";
import { inReserve } from "./reserve";
import { seal, unseal, type Sealed } from "./seal";

export const NAME = "paivand-fill";

/** Whether there was no room for what was to be written. */
export const isNoRoom = (problem: unknown): boolean => problem instanceof DOMException && problem.name === "QuotaExceededError";
const SEALED = "sealed";
const META = "meta";
const PHOTO = "photo";

/** Steps of the store's shape, oldest first. Never change one that was released: add another. */
const SHAPES: readonly ((database: IDBDatabase) => void)[] = [
  (database) => {
    database.createObjectStore(META, { keyPath: "name" });
    database.createObjectStore(SEALED, { keyPath: "id" }).createIndex("kind", "kind");
  },
];

type Old = Record<string, unknown>;

/** Steps of what records hold, by kind, oldest first: a record says how many it has behind it, the rest is done on reading. */
export const CONTENTS: { readonly [kind in Kind]?: readonly ((old: Old) => Old)[] } = {
  owner: [(old) => ({ mark: "", ...old })],
  form: [(old) => ({ isForCollect: false, ...old })],
  draft: [(old) => ({ heldAs: "", ...old })],
  parcel: [(old) => ({ reason: "", isHeld: false, heldAs: "", ...old })],
};

interface Row extends Sealed {
  readonly id: string;
  readonly kind: string;
  readonly steps: number;
}

/** What a change writes and takes away, in one transaction. */
export interface Change {
  readonly put?: readonly { [kind in Kind]: readonly [kind, string, Kinds[kind]] }[Kind][];
  readonly photos?: readonly (readonly [id: string, body: ArrayBuffer])[];
  readonly remove?: readonly (readonly [kind: Kind | typeof PHOTO, id: string])[];
}

const text = new TextEncoder();
const placeOf = (kind: string, id: string): string => `${kind}:${id}`;

function asked<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = (): void => resolve(request.result);
    request.onerror = (): void => reject(request.error ?? new Error("The store did not answer."));
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = (): void => resolve();
    transaction.onabort = (): void => reject(transaction.error ?? new Error("The store took nothing."));
  });
}

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, SHAPES.length);
    request.onupgradeneeded = ({ oldVersion }): void => SHAPES.slice(oldVersion).forEach((step) => step(request.result));
    request.onsuccess = (): void => {
      // Another tab wipes the store, or brings a newer shape: this one lets go.
      request.result.onversionchange = (): void => {
        request.result.close();
        opened = null;
      };
      resolve(request.result);
    };
    request.onerror = (): void => {
      opened = null;
      reject(request.error ?? new Error("The store cannot be opened."));
    };
  });
  return opened;
}

const writing = async (names: string | string[]): Promise<IDBTransaction> =>
  (await open()).transaction(names, "readwrite", { durability: "strict" });

/** The vault, or null on a device that holds nothing yet. */
export async function vault(): Promise<Vault | null> {
  return ((await asked((await open()).transaction(META).objectStore(META).get("vault"))) as Vault | undefined) ?? null;
}

export async function keepVault(kept: Vault): Promise<void> {
  await inReserve(async () => {
    const transaction = await writing(META);
    transaction.objectStore(META).put(kept);
    await done(transaction);
  }, isNoRoom);
}

async function sealed(key: CryptoKey, kind: string, id: string, plain: BufferSource, steps: number): Promise<Row> {
  return { id: placeOf(kind, id), kind, steps, ...(await seal(key, placeOf(kind, id), plain)) };
}

/** Write `change` with `key`, all of it or nothing. */
export async function write(key: CryptoKey, change: Change): Promise<void> {
  // Sealing comes first: a transaction of IndexedDB does not wait for anything else.
  const rows = await Promise.all([
    ...(change.put ?? []).map(([kind, id, value]) =>
      sealed(key, kind, id, text.encode(JSON.stringify(value)), CONTENTS[kind]?.length ?? 0)),
    ...(change.photos ?? []).map(([id, body]) => sealed(key, PHOTO, id, body, 0)),
  ]);
  await inReserve(async () => {
    const transaction = await writing(SEALED);
    const place = transaction.objectStore(SEALED);
    (change.remove ?? []).forEach(([kind, id]) => place.delete(placeOf(kind, id)));
    rows.forEach((row) => place.put(row));
    await done(transaction);
  }, isNoRoom);
}

async function opening<Name extends Kind>(key: CryptoKey, kind: Name, row: Row): Promise<Kinds[Name]> {
  const plain = JSON.parse(new TextDecoder().decode(await unseal(key, row.id, row))) as Old;
  return (CONTENTS[kind] ?? []).slice(row.steps).reduce((old, step) => step(old), plain) as unknown as Kinds[Name];
}

/** Every record of a kind. */
export async function all<Name extends Kind>(key: CryptoKey, kind: Name): Promise<Kinds[Name][]> {
  const rows = (await asked((await open()).transaction(SEALED).objectStore(SEALED).index("kind").getAll(kind))) as Row[];
  return Promise.all(rows.map((row) => opening(key, kind, row)));
}

export async function one<Name extends Kind>(key: CryptoKey, kind: Name, id: string): Promise<Kinds[Name] | null> {
  const row = (await asked((await open()).transaction(SEALED).objectStore(SEALED).get(placeOf(kind, id)))) as Row | undefined;
  return row ? opening(key, kind, row) : null;
}

export async function photo(key: CryptoKey, id: string): Promise<ArrayBuffer | null> {
  const row = (await asked((await open()).transaction(SEALED).objectStore(SEALED).get(placeOf(PHOTO, id)))) as Row | undefined;
  return row ? unseal(key, row.id, row) : null;
}

/** Take everything away, the wrapped key first: without it the rest is noise even where deleting is cut short. */
export async function wipe(): Promise<void> {
  const transaction = await writing([META, SEALED]);
  transaction.objectStore(META).clear();
  transaction.objectStore(SEALED).clear();
  await done(transaction);
  (await open()).close();
  opened = null;
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    request.onsuccess = request.onerror = request.onblocked = (): void => resolve();
  });
}
