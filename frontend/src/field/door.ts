/** The door of the server for devices: OpenRosa, with the device's token in the address and no cookie. */

import type { FormFile, Owner } from "./records";

/** The server says that this device was shut off. */
export class Revoked extends Error {}

/** The server knows no access of this device: its time or its worker's role is over, or it does not know it. */
export class AccessEnded extends Error {}

/** No signal, or something between here and the server that is not the server. */
export class NoAnswer extends Error {}

/** The server cannot take it now; other forms may fare better. */
export class Later extends NoAnswer {}

/** The server's own refusal, in its words. `wait`: milliseconds after which it may be asked again, 0 where it names none. */
export class RefusedByServer extends Error {
  constructor(readonly status: number, words: string, readonly reason = "", readonly wait = 0) {
    super(words);
  }
}

/** The server does not give it, or no longer. */
export class NotThere extends RefusedByServer {}

const PATIENCE = 60_000;
/** Lists are long and lines are slow. */
const PATIENCE_FOR_FILES = 600_000;
/** Two kilobytes in a second are a line, if a poor one: a photograph may take its minutes. */
const SLOWEST = 2;
/** As many as fit into an address on every way to the server. */
const ASKED_AT_ONCE = 50;
/** Where the server tells no limit. */
const USUAL_LIMIT = 10_000_000;
const MOST_FILES = 100;
/** Seconds after which the server is asked again at the latest, whatever it says. */
const LONGEST_WAIT = 3600;

const isOurs = (answer: Response): boolean => answer.headers.has("X-OpenRosa-Version");
const withoutHost = (address: string): string => {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
};

async function ask(address: string, how: RequestInit = {}, patience = PATIENCE): Promise<Response> {
  try {
    return await fetch(address, {
      cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(patience), ...how,
      headers: { "X-OpenRosa-Version": "1.0", "Accept-Language": document.documentElement.lang, ...how.headers },
    });
  } catch {
    throw new NoAnswer();
  }
}

/** The words of an OpenRosaResponse, "" where it has none. */
async function wordsOf(answer: Response): Promise<string> {
  const parsed = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/xml");
  return [...parsed.getElementsByTagName("*")].find((one) => one.localName === "message")?.textContent?.trim() ?? "";
}

/** How long the server asks to be left alone: seconds, which is all that it ever writes there. */
const waitOf = (answer: Response): number => Math.min(Number(answer.headers.get("Retry-After")) || 0, LONGEST_WAIT) * 1000;

/** A refusal that bears the mark of the server, in its words; whatever else came in its place is no answer. */
async function refusal(answer: Response): Promise<NoAnswer | RefusedByServer> {
  if (!isOurs(answer)) {
    return new NoAnswer();
  }
  const kind = answer.status === 404 ? NotThere : RefusedByServer;
  return new kind(answer.status, await wordsOf(answer), answer.headers.get("X-Paivand-Reason") ?? "", waitOf(answer));
}

const isTurnedAway = (answer: Response): boolean => [401, 403, 410].includes(answer.status) && isOurs(answer);

/**
 * Whether the server turned the device away, and how. One 403 alone proves nothing: a filter on the way may have sent it.
 * So the list of forms is asked for as well, and both must bear the mark of the server. Only a device that was shut off is
 * told so: an access that ended may begin again, and what was not sent must be there then.
 */
async function mayAsk(owner: Owner, answer: Response): Promise<void> {
  if (isTurnedAway(answer)) {
    const again = await ask(`${owner.door}formList`);
    if (isTurnedAway(again)) {
      throw again.headers.get("X-Paivand-Reason") === "revoked" ? new Revoked() : new AccessEnded();
    }
  }
}

async function xml(owner: Owner, address: string, headers: Record<string, string> = {}): Promise<Document> {
  const answer = await ask(address, { headers });
  await mayAsk(owner, answer);
  if (!answer.ok || !isOurs(answer)) {
    throw await refusal(answer);
  }
  return new DOMParser().parseFromString(await answer.text(), "text/xml");
}

const named = (inside: Document | Element, name: string): Element[] => [...inside.getElementsByTagName("*")].filter((one) => one.localName === name);
const textOf = (inside: Element, name: string): string => named(inside, name)[0]?.textContent?.trim() ?? "";

export interface Offered {
  readonly code: string;
  readonly version: string;
  readonly title: string;
  readonly hash: string;
  readonly url: string;
  readonly manifest: string;
  readonly isForCollect: boolean;
}

/** The forms that the server offers this device, which tells it how many filled forms still wait here. */
export async function formList(owner: Owner, waiting: number): Promise<Offered[]> {
  return named(await xml(owner, `${owner.door}formList`, { "X-Paivand-Waiting": String(waiting) }), "xform").map((item) => ({
    code: textOf(item, "formID"), version: textOf(item, "version"), title: textOf(item, "name"), hash: textOf(item, "hash"),
    url: withoutHost(textOf(item, "downloadUrl")),
    manifest: textOf(item, "manifestUrl") && withoutHost(textOf(item, "manifestUrl")),
    isForCollect: textOf(item, "forCollect") === "true",
  }));
}

export async function formText(owner: Owner, url: string): Promise<string> {
  const answer = await ask(url, {}, PATIENCE_FOR_FILES);
  await mayAsk(owner, answer);
  if (!answer.ok || !isOurs(answer)) {
    throw await refusal(answer);
  }
  return answer.text();
}

export async function manifest(owner: Owner, url: string): Promise<FormFile[]> {
  return named(await xml(owner, url), "mediaFile").map((item) => {
    const address = withoutHost(textOf(item, "downloadUrl"));
    return {
      name: textOf(item, "filename"), url: address, hash: textOf(item, "hash"), isList: address.includes("/lists/"),
      integrity: textOf(item, "integrityUrl") && withoutHost(textOf(item, "integrityUrl")),
    };
  });
}

/** A file, or null where it is as it was with `etag`. */
export async function file(owner: Owner, url: string, etag: string): Promise<{ body: ArrayBuffer; etag: string; type: string } | null> {
  const answer = await ask(url, etag ? { headers: { "If-None-Match": etag } } : {}, PATIENCE_FOR_FILES);
  await mayAsk(owner, answer);
  if (answer.status === 304) {
    return null;
  }
  if (!answer.ok || !isOurs(answer)) {
    throw await refusal(answer);
  }
  return {
    body: await answer.arrayBuffer(), etag: answer.headers.get("ETag") ?? "", type: answer.headers.get("Content-Type") ?? "",
  };
}

/** Which of `ids` the server says are no longer there. */
export async function gone(owner: Owner, url: string, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < ids.length; at += ASKED_AT_ONCE) {
    const asked = ids.slice(at, at + ASKED_AT_ONCE).map(encodeURIComponent).join(",");
    const answer = await xml(owner, `${url}${url.includes("?") ? "&" : "?"}id=${asked}`);
    named(answer, "entity").filter((one) => textOf(one, "deleted") === "true").forEach((one) => found.add(one.getAttribute("id") ?? ""));
  }
  return found;
}

export interface Sent {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Part `files` so that no sending is larger than `limit` bytes beside a form of `form` bytes, nor has more than a hundred
 * files. A file that is too large by itself goes alone: the server says what it thinks of it.
 */
export function parted(form: number, files: readonly Sent[], limit: number): Sent[][] {
  const parts: Sent[][] = [[]];
  let room = limit - form;
  for (const one of files) {
    const weight = one.body.length + 500;
    const last = parts.at(-1) ?? [];
    if (last.length && (weight > room || last.length >= MOST_FILES)) {
      parts.push([one]);
      room = limit - form - weight;
    } else {
      last.push(one);
      room -= weight;
    }
  }
  return parts;
}

/**
 * Send a filled form. Done when the server has it: it answers only after it has written it down, and the same form twice
 * is one form to it, so whatever broke off is simply sent again. `partTaken` is called whenever a part has arrived.
 */
export async function submit(owner: Owner, form: string, files: readonly Sent[], partTaken: () => void = () => undefined): Promise<void> {
  const address = `${owner.door}submission?deviceID=${encodeURIComponent(owner.device)}`;
  const plain = new TextEncoder().encode(form);
  const parts = parted(plain.length, files, files.length ? await limit(owner, address) : USUAL_LIMIT);
  for (const [at, part] of parts.entries()) {
    const body = new FormData();
    body.append("xml_submission_file", new Blob([plain], { type: "text/xml" }), "submission.xml");
    part.forEach((one) => body.append(one.name, new Blob([one.body], { type: one.type }), one.name));
    if (at + 1 < parts.length) {
      body.append("*isIncomplete*", "yes");
    }
    const weight = plain.length + part.reduce((sum, one) => sum + one.body.length, 0);
    await take(owner, await ask(address, { method: "POST", body }, PATIENCE + weight / SLOWEST));
    partTaken();
  }
}

async function limit(owner: Owner, address: string): Promise<number> {
  const answer = await ask(address, { method: "HEAD" });
  await mayAsk(owner, answer);
  return Number(answer.headers.get("X-OpenRosa-Accept-Content-Length")) || USUAL_LIMIT;
}

async function take(owner: Owner, answer: Response): Promise<void> {
  if (isOurs(answer) && (answer.status === 201 || answer.status === 202)) {
    return;
  }
  await mayAsk(owner, answer);
  const isLater = answer.status >= 500 || [401, 403, 408, 410, 423, 425, 429].includes(answer.status);
  if (!isOurs(answer) || isLater || answer.status < 400) {
    throw isOurs(answer) ? new Later(await wordsOf(answer)) : new NoAnswer();
  }
  throw new RefusedByServer(answer.status, await wordsOf(answer), answer.headers.get("X-Paivand-Reason") ?? "");
}
