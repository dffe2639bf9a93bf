/** What lies on the device. Everything here is sealed before it is written, apart from the vault itself. */

import type { Wrapped } from "./seal";

/** The vault: no PIN, no key and no person is in it. `wrongs` counts wrong PINs, before each try. */
export interface Vault extends Wrapped {
  readonly name: "vault";
  readonly wrongs: number;
}

/** Who this device speaks for. */
export interface Owner {
  readonly token: string;
  readonly device: string;
  readonly username: string;
  readonly name: string;
  readonly door: string;
  /** The name under which the other pages know what is hers on this device; it does not tell who that is. */
  readonly mark: string;
  readonly since: number;
}

export interface FormFile {
  readonly name: string;
  readonly url: string;
  readonly hash: string;
  /** A list of the worker, shared by forms; else a file that belongs to this version of the form. */
  readonly isList: boolean;
  readonly integrity: string;
}

export interface Form {
  /** `code@version` */
  readonly id: string;
  readonly code: string;
  readonly version: string;
  readonly hash: string;
  readonly title: string;
  readonly xml: string;
  readonly files: readonly FormFile[];
  /** Whether the server still offers this version. Others stay while drafts need them. */
  readonly offered: boolean;
  /** Whether it needs an answer that cannot be given here: it stands in the list, and ODK Collect fills it in. */
  readonly isForCollect: boolean;
  readonly at: number;
}

/** A list, or a file of a form, as it was fetched. */
export interface Attached {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly etag: string;
  readonly type: string;
  readonly body: string;
  readonly isText: boolean;
  readonly nRows: number;
  readonly at: number;
}

export interface Photo {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A form that is being filled in. It is gone on with in the version that it was begun in. */
export interface Draft {
  readonly id: string;
  readonly form: string;
  readonly title: string;
  readonly label: string;
  readonly xml: string;
  readonly photos: readonly Photo[];
  readonly begunAt: number;
  readonly savedAt: number;
  /** The number under which the server holds an earlier state of it, "" where it holds none: it is sent as an edit of that. */
  readonly heldAs: string;
}

export type ParcelState = "waiting" | "sending" | "arrived" | "refused";

/** A form that was filled in and is on its way. Once it arrived only its name and the time are left. */
export interface Parcel {
  readonly id: string;
  readonly form: string;
  readonly title: string;
  readonly label: string;
  readonly xml: string;
  readonly photos: readonly Photo[];
  readonly state: ParcelState;
  /** The server's words, where it refused; else what hinders. */
  readonly words: string;
  readonly status: number;
  /** The server's reason in a word: what it is that hinders. */
  readonly reason: string;
  /** Whether the server holds this number: a part of it was taken, or something else under it. */
  readonly isHeld: boolean;
  readonly heldAs: string;
  readonly tries: number;
  readonly nextAt: number;
  readonly queuedAt: number;
  readonly arrivedAt: number;
}

/** A family or a person as this device knows them and the server's list does not yet. */
export interface Sprout {
  /** `dataset/id` */
  readonly id: string;
  readonly dataset: string;
  readonly entity: string;
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
  readonly isNew: boolean;
  readonly version: number;
  readonly trunk: string;
  readonly branch: string;
  /** The parcels that carry it. */
  readonly parcels: readonly string[];
  readonly at: number;
}

/** Kinds of sealed records with what each holds. */
export interface Kinds {
  readonly owner: Owner;
  readonly form: Form;
  readonly attached: Attached;
  readonly draft: Draft;
  readonly parcel: Parcel;
  readonly sprout: Sprout;
}
export type Kind = keyof Kinds;
