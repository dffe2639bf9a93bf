/**
 * What this device knows and the server's lists do not yet: families registered without signal, and what was changed.
 *
 * As Collect does it: a list shows what the server sent, with what was done here laid over it. Each row tells the forms
 * its version, the version of the server that it grew from (trunk) and the line of changes it belongs to (branch), so that
 * the server can put changes of many devices in order.
 */

import { readTable, writeTable } from "./csv";
import type { Parcel, Sprout } from "./records";

/** An entity as a filled form declares it. */
export interface Declared {
  readonly dataset: string;
  readonly entity: string;
  readonly creates: boolean;
  readonly updates: boolean;
  readonly base: string;
  readonly trunk: string;
  readonly branch: string;
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
}

const ENTITIES = "http://www.opendatakit.org/xforms/entities";
const LONGEST = 30 * 24 * 60 * 60 * 1000;
const isTrue = (value: string | null): boolean => value === "1" || value === "true";

const childrenOf = (element: Element, name: string): Element[] => [...element.children].filter((child) => child.localName === name);

function under(element: Element, path: readonly string[]): Element[] {
  const [first, ...rest] = path;
  return first === undefined ? [element] : childrenOf(element, first).flatMap((child) => under(child, rest));
}

/** The properties that a form saves, by the path of their question. */
export function savedBy(form: Document): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const bind of form.getElementsByTagName("bind")) {
    const property = bind.getAttributeNS(ENTITIES, "saveto") ?? bind.getAttribute("entities:saveto");
    const path = bind.getAttribute("nodeset");
    if (property && path) {
      found.set(path, property);
    }
  }
  return found;
}

const pathOf = (element: Element): string => (element.parentElement ? pathOf(element.parentElement) : "") + `/${element.localName}`;

/** The entities that a filled form makes or changes. A question belongs to the entity of the nearest group around it. */
export function declaredIn(form: Document, filled: Document): Declared[] {
  const saved = savedBy(form);
  const entities = [...filled.getElementsByTagName("*")].filter((one) => one.localName === "entity" && one.getAttribute("dataset"));
  const scopes = entities.map((one) => one.closest("meta")?.parentElement ?? filled.documentElement);
  const paths = [...new Set(scopes.map(pathOf))];
  return entities.flatMap((one, at) => {
    const scope = scopes[at] ?? filled.documentElement;
    const here = pathOf(scope);
    const creates = isTrue(one.getAttribute("create"));
    const updates = isTrue(one.getAttribute("update"));
    const entity = one.getAttribute("id") ?? "";
    if (!entity || !(creates || updates)) {
      return [];
    }
    const values: Record<string, string> = {};
    for (const [path, property] of saved) {
      const owner = paths.filter((other) => path.startsWith(`${other}/`)).sort((a, b) => b.length - a.length)[0];
      const answer = owner === here ? under(scope, path.slice(here.length + 1).split("/"))[0] : undefined;
      if (answer) {
        values[property] = answer.textContent ?? "";
      }
    }
    return [{
      dataset: one.getAttribute("dataset") ?? "", entity, creates, updates,
      base: one.getAttribute("baseVersion") ?? "", trunk: one.getAttribute("trunkVersion") ?? "",
      branch: one.getAttribute("branchId") ?? "",
      label: childrenOf(one, "label")[0]?.textContent ?? "", values,
    }];
  });
}

/** What a declared entity makes of what the device knew of it. */
export function grown(declared: Declared, before: Sprout | null, parcel: string, now: number): Sprout {
  const base = Number(declared.base) || before?.version || 0;
  const isNew = declared.creates && !declared.updates ? true : (before?.isNew ?? false);
  return {
    id: `${declared.dataset}/${declared.entity}`, dataset: declared.dataset, entity: declared.entity,
    label: declared.label || before?.label || "", values: { ...before?.values, ...declared.values }, isNew,
    version: isNew && !before ? 1 : base + 1,
    trunk: isNew ? (before?.trunk ?? "") : declared.trunk || before?.trunk || declared.base,
    branch: declared.branch || before?.branch || crypto.randomUUID(),
    parcels: [...(before?.parcels ?? []), parcel], at: now,
  };
}

/** The list of the server, with what was done here laid over it. */
export function overlaid(csv: string, dataset: string, sprouts: readonly Sprout[], branchOf: (entity: string) => string): string {
  const { columns, rows } = readTable(csv);
  const ours = new Map(sprouts.filter((one) => one.dataset === dataset).map((one) => [one.entity, one]));
  if (!columns.includes("__version")) {
    return csv;
  }
  const extra = ["__trunkVersion", "__branchId"].filter((name) => !columns.includes(name));
  const own = (sprout: Sprout): Record<string, string> => ({
    ...sprout.values, name: sprout.entity, label: sprout.label, __version: String(sprout.version),
    __trunkVersion: sprout.trunk, __branchId: sprout.branch,
  });
  const known = new Set(rows.map((row) => row["name"] ?? ""));
  const made = rows.map((row) => {
    const name = row["name"] ?? "";
    const version = row["__version"] ?? "";
    const sprout = ours.get(name);
    return sprout && sprout.version > Number(version)
      ? { ...row, ...own(sprout), label: sprout.label || row["label"] || "" }
      : { ...row, __trunkVersion: version, __branchId: branchOf(name) };
  });
  const added = [...ours.values()].filter((one) => one.isNew && !known.has(one.entity)).map(own);
  const wide = [...columns, ...extra];
  return writeTable({ columns: wide, rows: [...made, ...added] });
}

/**
 * Which of `sprouts` may go, now that the server's list was fetched: those it has caught up with, and those older than 30
 * days of which nothing is still on its way.
 */
export function caughtUp(csv: string, dataset: string, sprouts: readonly Sprout[], parcels: readonly Parcel[], now: number): Sprout[] {
  const versions = new Map(readTable(csv).rows.map((row) => [row["name"] ?? "", Number(row["__version"]) || 0]));
  const open = new Set(parcels.filter((one) => one.state !== "arrived").map((one) => one.id));
  return sprouts.filter((one) => one.dataset === dataset).filter((one) => {
    const isOnItsWay = one.parcels.some((parcel) => open.has(parcel));
    const version = versions.get(one.entity);
    // What was set aside at the desk is never caught up with: it goes after its days.
    return !isOnItsWay && (now - one.at > LONGEST || (version !== undefined && version >= one.version));
  });
}
