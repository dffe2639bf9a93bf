/** The parts of the page for forms without signal that need no browser, one sentence each. Run by test_browser.py. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { JSDOM, VirtualConsole } from "jsdom";
import { createServer } from "vite";

import { fakeLocks, fakeStore } from "./browser_fakes.mjs";

const told = new VirtualConsole();
let nLoads = 0; // nothing is loaded anew here, which is told
told.on("jsdomError", () => (nLoads += 1));
const { window } = new JSDOM("<!doctype html>", { url: "http://localhost/fill/", virtualConsole: told });
for (const name of ["document", "DOMParser", "Node", "location", "localStorage"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
}
// A channel between tabs would keep this program alive.
globalThis.BroadcastChannel = class { addEventListener() {} postMessage() {} close() {} };
globalThis.indexedDB = fakeStore();
let nAskedToKeep = 0;
const storage = { persist: async () => { nAskedToKeep += 1; return true; } };
Object.defineProperty(globalThis, "navigator", { value: { locks: fakeLocks(), storage, onLine: true }, configurable: true });
const server = await createServer({
  configFile: false, root: fileURLToPath(new URL("../../frontend", import.meta.url)), logLevel: "error",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true }, appType: "custom",
});
const load = (name) => server.ssrLoadModule(`/src/field/${name}.ts`);
const [csv, overlay, seal, door, queue, store, moments, numbers] =
  await Promise.all(["csv", "overlay", "seal", "door", "queue", "store", "moments", "numbers"].map(load));
const reserve = await server.ssrLoadModule("/src/field/reserve.ts");
const [vault, app, pin, fill, forms] = await Promise.all(["vault", "app", "screens/pin", "screens/fill", "screens/forms"].map(load));
const { takeAwayForms } = await server.ssrLoadModule("/src/pages/takeAway.ts");
const mark = await server.ssrLoadModule("/src/mark.ts");
await server.close();

const parse = (xml) => new window.DOMParser().parseFromString(xml, "text/xml");

test("a table is read as it was written, quotes and line ends too", () => {
  const rows = [["name", "label"], ["1", 'Бобоева "Зебо", Кӯлоб'], ["2", "two\nlines"], ["3", ""]];
  assert.deepEqual(csv.readCsv(csv.writeCsv(rows)), rows);
  assert.deepEqual(csv.readCsv("\uFEFFa,b\r\n1,2\r\n"), [["a", "b"], ["1", "2"]]);
});

const FORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:entities="http://www.opendatakit.org/xforms/entities"><h:head><model>
  <bind nodeset="/data/place/village" entities:saveto="village"/><bind nodeset="/data/members/age" entities:saveto="age"/>
  </model></h:head></h:html>`;
const filled = (create, update, version = "") => parse(`<data><place><village>Зираки</village></place>
  <members><age>7</age><meta><entity dataset="people" id="p1" create="1"><label>Али</label></entity></meta></members>
  <members><age>9</age><meta><entity dataset="people" id="p2" create="1"><label>Вали</label></entity></meta></members>
  <members><age>3</age><meta><entity dataset="people" id="p3" create=""><label>Nobody</label></entity></meta></members>
  <meta><instanceID>uuid:1</instanceID><entity dataset="families" id="f1" create="${create}" update="${update}"
    baseVersion="${version}" trunkVersion="${version}" branchId=""><label>Бобоева</label></entity></meta></data>`);

test("a filled form declares a family and each of its people with their own answers", () => {
  const found = overlay.declaredIn(parse(FORM), filled("1", ""));
  assert.deepEqual(found.map((one) => [one.dataset, one.entity, one.label, one.values]), [
    ["people", "p1", "Али", { age: "7" }], ["people", "p2", "Вали", { age: "9" }], ["families", "f1", "Бобоева", { village: "Зираки" }],
  ]);
});

const LIST = "name,label,__version,village\nf9,Раҳимова,4,Даҳана\n";

test("a family registered without signal stands in the list of this device", () => {
  const [, , family] = overlay.declaredIn(parse(FORM), filled("1", ""));
  const sprout = overlay.grown(family, null, "parcel-1", 5);
  const { columns, rows } = csv.readTable(overlay.overlaid(LIST, "families", [sprout], () => "fresh"));
  assert.deepEqual(columns.slice(-2), ["__trunkVersion", "__branchId"]);
  assert.deepEqual(rows.map((row) => [row.name, row.label, row.__version, row.__trunkVersion, row.village]), [
    ["f9", "Раҳимова", "4", "4", "Даҳана"], ["f1", "Бобоева", "1", "", "Зираки"],
  ]);
  assert.equal(rows[0].__branchId, "fresh");
  assert.equal(rows[1].__branchId, sprout.branch);
});

test("changes made without signal follow each other in one branch from the server's version", () => {
  const [, , change] = overlay.declaredIn(parse(FORM), filled("", "1", "4"));
  const first = overlay.grown({ ...change, entity: "f9", branch: "b" }, null, "one", 5);
  assert.deepEqual([first.version, first.trunk, first.branch, first.isNew], [5, "4", "b", false]);
  const second = overlay.grown({ ...change, entity: "f9", base: "5", branch: "b" }, first, "two", 6);
  assert.deepEqual([second.version, second.trunk, second.branch, second.parcels], [6, "4", "b", ["one", "two"]]);
  const { rows } = csv.readTable(overlay.overlaid(LIST, "families", [second], () => "fresh"));
  assert.deepEqual([rows[0].__version, rows[0].__trunkVersion, rows[0].__branchId, rows[0].village], ["6", "4", "b", "Зираки"]);
});

const VISIT = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
    xmlns:entities="http://www.opendatakit.org/xforms/entities"><h:head><model>
  <bind nodeset="/data/changed/village" entities:saveto="village"/><bind nodeset="/data/somebody/lives" entities:saveto="lives"/>
  <bind nodeset="/data/somebody/absence" entities:saveto="absence"/></model></h:head></h:html>`;
const somebody = (id, version, answers) => `<somebody><person>${id}</person>${answers}<meta><entity dataset="people" id="${id}"
    update="true" baseVersion="${version}" trunkVersion="3" branchId="b-${id}"/></meta></somebody>`;
const visited = (...people) => parse(`<data><changed><changes>people</changes><meta><entity dataset="families" id="f9" update="false"
  baseVersion="4" trunkVersion="4" branchId="b"/></meta></changed>${people.join("")}<meta><instanceID>uuid:2</instanceID></meta></data>`);
const PEOPLE = "name,label,__version,family,lives,absence\np1,Карим,3,f9,home,\np2,Али,3,f9,home,\np3,Зебо,3,f9,home,\n";

test("what a visit found out about people is seen by the next visit without signal", () => {
  const first = overlay.declaredIn(parse(VISIT), visited(
    somebody("p1", 3, "<lives>abroad</lives><absence>no_contact_lt6m</absence>"), somebody("p2", 3, "<lives>moved_out</lives>")));
  assert.deepEqual(first.map((one) => [one.entity, one.values]), [
    ["p1", { lives: "abroad", absence: "no_contact_lt6m" }], ["p2", { lives: "moved_out" }],
  ]);
  const sprouts = first.map((one) => overlay.grown(one, null, "one", 5));
  const seen = csv.readTable(overlay.overlaid(PEOPLE, "people", sprouts, () => "fresh")).rows;
  assert.deepEqual(seen.map((row) => [row.name, row.label, row.lives, row.absence, row.__version, row.__trunkVersion, row.__branchId]), [
    ["p1", "Карим", "abroad", "no_contact_lt6m", "4", "3", "b-p1"], ["p2", "Али", "moved_out", "", "4", "3", "b-p2"],
    ["p3", "Зебо", "home", "", "3", "3", "fresh"],
  ]);
  // Another visit stands on the first one; what it does not ask about stays.
  const [again] = overlay.declaredIn(parse(VISIT), visited(somebody("p1", seen[0].__version, "<absence>remitting_irregularly</absence>")));
  const second = overlay.grown(again, sprouts[0], "two", 6);
  assert.deepEqual([second.version, second.trunk, second.branch, second.values], [
    5, "3", "b-p1", { lives: "abroad", absence: "remitting_irregularly" }]);
  const arrived = [{ id: "one", state: "arrived" }, { id: "two", state: "arrived" }];
  assert.deepEqual(overlay.caughtUp(PEOPLE.replace("p1,Карим,3", "p1,Карим,6"), "people", [second], arrived, 7), [second]);
});

test("the server's list takes over once it has caught up, and never while something is on its way", () => {
  const sprout = { id: "families/f9", dataset: "families", entity: "f9", label: "", values: {}, isNew: false, version: 5, trunk: "4", branch: "b", parcels: ["one"], at: 0 };
  const newer = LIST.replace(",4,", ",5,");
  const parcel = (state) => [{ id: "one", state }];
  assert.deepEqual(overlay.caughtUp(newer, "families", [sprout], parcel("arrived"), 1), [sprout]);
  assert.deepEqual(overlay.caughtUp(newer, "families", [sprout], parcel("waiting"), 1), []);
  assert.deepEqual(overlay.caughtUp(LIST, "families", [sprout], parcel("arrived"), 1), []);
  const { rows } = csv.readTable(overlay.overlaid(newer, "families", [sprout], () => "fresh"));
  assert.deepEqual([rows[0].__version, rows[0].__branchId, rows[0].village], ["5", "fresh", "Даҳана"]);
});

test("what is sealed opens with the PIN only, at its own place only, and unchanged only", async () => {
  const wrapped = await seal.newKey("735194", 1000);
  assert.equal(await seal.openKey(wrapped, "735195"), null);
  const key = await seal.openKey(wrapped, "۷۳۵۱۹۴"); // the same digits, from a Dari keyboard
  assert.equal(key.extractable, false);
  const plain = new TextEncoder().encode("Бобоева");
  const sealed = await seal.seal(key, "draft:1", plain);
  assert.equal(new TextDecoder().decode(await seal.unseal(key, "draft:1", sealed)), "Бобоева");
  assert.equal(Buffer.from(sealed.body).includes(Buffer.from(plain)), false);
  await assert.rejects(seal.unseal(key, "draft:2", sealed));
  new Uint8Array(sealed.body)[0] ^= 1;
  await assert.rejects(seal.unseal(key, "draft:1", sealed));
  assert.ok(seal.ROUNDS >= 600_000);
});

test("a PIN that is guessed at once is refused", () => {
  for (const pin of ["12345", "111111", "123456", "654321", "۱۲۳۴۵۶", "      1", ""]) {
    assert.equal(seal.isWeakPin(pin), true, pin);
  }
  assert.equal(seal.isWeakPin("735194"), false);
  assert.equal(seal.isWeakPin("чойи кабуд"), false);
});

test("pictures are parted so that nothing is larger than the server takes, and none is left behind", () => {
  const file = (n, name) => ({ name, type: "image/jpeg", body: new Uint8Array(n) });
  const files = [file(40_000, "a"), file(40_000, "b"), file(40_000, "c"), file(200_000, "d"), file(10, "e")];
  const parts = door.parted(10_000, files, 100_000);
  assert.deepEqual(parts.map((part) => part.map((one) => one.name)), [["a", "b"], ["c"], ["d"], ["e"]]);
  assert.deepEqual(door.parted(10, [], 100), [[]]);
  assert.deepEqual(door.parted(10, Array.from({ length: 205 }, (_, at) => file(1, String(at))), 10_000_000).map((part) => part.length), [100, 100, 5]);
});

test("pauses between tries grow and stay bearable", () => {
  assert.deepEqual([1, 2, 3].map(queue.pauseAfter), [15_000, 30_000, 60_000]);
  assert.equal(queue.pauseAfter(50), 15 * 60_000);
});

const ORX = '<data><orx:meta xmlns:orx="x"><orx:instanceID>uuid:old</orx:instanceID></orx:meta><a>1</a></data>';
const refused = (more) => ({ xml: ORX, isHeld: false, heldAs: "", reason: "", ...more });

test("what the server holds already comes again as a correction of it, with its answers and under a number of its own", () => {
  assert.equal(numbers.numberOf(ORX), "uuid:old");
  const after = numbers.asEdit(ORX, "uuid:old");
  assert.match(after, /<orx:instanceID>uuid:[0-9a-f-]{36}<\/orx:instanceID><orx:deprecatedID>uuid:old<\/orx:deprecatedID>/);
  assert.equal(after.includes("<a>1</a>"), true);
  assert.equal(parse(after).getElementsByTagName("parsererror").length, 0);
  // Corrected once more, it names the last one only.
  const twice = numbers.asEdit(after, numbers.numberOf(after), "uuid:third");
  assert.equal(numbers.numberOf(twice), "uuid:third");
  assert.equal(twice.match(/deprecatedID>/g).length, 2);
  assert.equal(twice.includes("uuid:old"), false);
  assert.equal(numbers.asFirst(twice), ORX.replace("uuid:old", "uuid:third"));
  assert.equal(numbers.asFirst("<meta><instanceID>a</instanceID><deprecatedID/></meta>"), "<meta><instanceID>a</instanceID></meta>");
  assert.equal(numbers.numberOf("<meta/>"), "");
});

test("a refused form keeps its number where the server holds nothing, and corrects what it holds", () => {
  assert.deepEqual(queue.mended(refused({ reason: "closed" })), { xml: ORX, heldAs: "" });
  assert.deepEqual(queue.mended(refused({ reason: "too_large" })), { xml: ORX, heldAs: "" });
  assert.deepEqual(queue.mended(refused({ reason: "other_xml", isHeld: true })), { xml: ORX, heldAs: "uuid:old" });
  const edit = numbers.asEdit(ORX, "uuid:old", "uuid:new");
  const plain = ORX.replace("uuid:old", "uuid:new");
  // The correction itself was too large: it still corrects the first.
  assert.deepEqual(queue.mended(refused({ xml: edit, heldAs: "uuid:old", reason: "too_large" })), { xml: plain, heldAs: "uuid:old" });
  // A part of it had come: now it is that which is corrected.
  assert.deepEqual(queue.mended(refused({ xml: edit, heldAs: "uuid:old", reason: "too_large", isHeld: true })), { xml: plain, heldAs: "uuid:new" });
  // What it corrects is not there, or was corrected by somebody else: it comes as a form of its own.
  for (const reason of ["edited", "newer_edit"]) {
    assert.deepEqual(queue.mended(refused({ xml: edit, heldAs: "uuid:old", reason })), { xml: plain, heldAs: "" });
  }
});

test("records of an older page are read as this one writes them", () => {
  const steps = (kind, old) => store.CONTENTS[kind].reduce((before, step) => step(before), old);
  assert.deepEqual(steps("owner", { token: "t" }), { token: "t", mark: "" });
  assert.deepEqual(steps("form", { id: "f" }), { id: "f", isForCollect: false });
  assert.deepEqual(steps("draft", { id: "d" }), { id: "d", heldAs: "" });
  assert.deepEqual(steps("parcel", { id: "p" }), { id: "p", reason: "", isHeld: false, heldAs: "" });
});

test("the mark tells how many forms of whom wait, and no more", () => {
  mark.setMark(3, "019ab000-0000-7000-8000-000000000000", "f3a9");
  assert.equal(document.cookie, "paivand_fill=3.019ab000-0000-7000-8000-000000000000.f3a9");
  assert.deepEqual([mark.nUnsentOf("f3a9"), mark.nUnsentOf("other"), mark.isGone()], [3, 0, false]);
  document.cookie = "paivand_fill=; path=/; max-age=0"; // a browser that forgets cookies of scripts
  assert.equal(mark.nUnsentOf("f3a9"), 3);
  mark.clearMark();
  assert.deepEqual([mark.nUnsentOf("f3a9"), document.cookie], [0, ""]);
  document.cookie = "paivand_fill=gone; path=/";
  assert.equal(mark.isGone(), true);
});

test("room is held for what is being written, and given up for it when there is no other", async () => {
  let room = 10_000_000;
  let held = false;
  globalThis.caches = {
    match: async () => held,
    open: async () => ({
      put: async (_address, answer) => {
        const size = (await answer.arrayBuffer()).byteLength;
        if (size > room) {
          throw new DOMException("", "QuotaExceededError");
        }
        held = true;
        room -= size;
      },
      delete: async () => {
        const was = held;
        room += held ? reserve.SIZE : 0;
        held = false;
        return was;
      },
    }),
    delete: async () => true, // the browser frees the store when it likes
  };
  const write = (size) => async () => {
    if (size > room) {
      throw new DOMException("", "QuotaExceededError");
    }
    room -= size;
  };
  assert.equal(await reserve.hold(), true);
  assert.equal(room, 10_000_000 - reserve.SIZE);
  room = 10;
  await reserve.inReserve(write(1000), store.isNoRoom);
  assert.equal(room, reserve.SIZE + 10 - 1000);
  // Used up: it is said, and looked for again after a while only.
  assert.equal(await reserve.hold(), false);
  await assert.rejects(reserve.inReserve(write(reserve.SIZE * 2), store.isNoRoom), { name: "QuotaExceededError" });
  await assert.rejects(reserve.inReserve(async () => { throw new Error("broken"); }, store.isNoRoom), { message: "broken" });
  room = 10_000_000;
  assert.equal(await reserve.hold(), false);
  assert.equal(await reserve.hold(Date.now() + 60_000), true);
});

/** What the server is asked, and answers: the head says that it is the server. */
function serverThat(answers) {
  const asked = [];
  globalThis.fetch = async (address, how) => {
    asked.push({ address, how });
    const { status = 200, headers = {}, body = "" } = answers(address);
    return new Response(body, { status, headers: { "X-OpenRosa-Version": "1.0", ...headers } });
  };
  return asked;
}
const OWNER = { door: "/key/t/", token: "t", device: "d" };

test("many entries are asked after in addresses that fit on every way", async () => {
  const ids = Array.from({ length: 120 }, (_, at) => `id-${at}`);
  const asked = serverThat((address) => ({
    body: `<data><entities>${["id-3", "id-77"].filter((id) => `${address},`.includes(`${id},`)).map((id) => `<entity id="${id}"><deleted>true</deleted></entity>`).join("")}</entities></data>`,
  }));
  assert.deepEqual([...(await door.gone(OWNER, "/key/t/lists/people/integrity", ids))], ["id-3", "id-77"]);
  assert.deepEqual(asked.map((one) => one.address.split("id=")[1].split(",").length), [50, 50, 20]);
});

test("only a device that was shut off is told so, and one refusal alone proves nothing", async () => {
  const turnedAway = async (answers) => {
    serverThat(answers);
    return door.formList(OWNER, 0).then(() => "", (problem) => problem.constructor.name);
  };
  assert.equal(await turnedAway(() => ({ status: 403, headers: { "X-Paivand-Reason": "revoked" } })), "Revoked");
  assert.equal(await turnedAway(() => ({ status: 403, headers: { "X-Paivand-Reason": "token" } })), "AccessEnded");
  let first = true;
  const once = () => (first ? ((first = false), { status: 403, headers: { "X-Paivand-Reason": "revoked" } }) : { body: "<xforms/>" });
  assert.equal(await turnedAway(once), "RefusedByServer");
});

test("a change that the desk set aside goes after its days", () => {
  const LONGEST = 30 * 24 * 60 * 60 * 1000;
  const sprout = { dataset: "families", entity: "f9", version: 5, parcels: ["p"], at: 0, values: {}, isNew: false, trunk: "4", branch: "b", label: "", id: "families/f9" };
  const arrived = [{ id: "p", state: "arrived" }];
  assert.equal(overlay.caughtUp(LIST, "families", [sprout], arrived, LONGEST - 1).length, 0);
  assert.equal(overlay.caughtUp(LIST, "families", [sprout], arrived, LONGEST + 1).length, 1);
  assert.equal(overlay.caughtUp(LIST, "families", [sprout], [{ id: "p", state: "waiting" }], LONGEST + 1).length, 0);
});

const ZARINA = { name: "Зарина", username: "zarina", csrf: "c" };
const STORE = "paivand-fill";
const signOut = () => (document.cookie = "paivand_fill=gone; path=/");

/** Wait until it is so: how soon that is says how busy the machine is. */
async function eventually(isSo) {
  const until = Date.now() + 30_000;
  while (!isSo() && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** A server that gives devices, each after a while, as on a slow line. */
function givesDevices(pause = 20) {
  const given = [];
  globalThis.fetch = async () => {
    given.push(`token-${given.length + 1}`);
    const token = given.at(-1);
    await new Promise((done) => setTimeout(done, pause));
    return Response.json({ token, device: token.replace("token", "device"), mark: "f3a9" });
  };
  return given;
}

test("once its owner has signed out, an open tab does not bring the mark back, and what lies here goes", async () => {
  globalThis.caches = undefined;
  givesDevices();
  await pin.setUp(ZARINA, "735194");
  mark.setMark(1, "device-1", "f3a9");
  signOut();
  mark.setMark(2, "device-1", "f3a9"); // a draft that is kept between the server's answer and the next page
  assert.equal(mark.isGone(), true);
  await takeAwayForms();
  assert.deepEqual([indexedDB.has(STORE), document.cookie, mark.nUnsentOf("f3a9")], [false, "", 0]);
});

test("what somebody has set up since is not taken away", async () => {
  signOut();
  const given = givesDevices();
  // The page that takes away what was left was fetched while somebody chose a PIN in another tab.
  await Promise.all([pin.setUp(ZARINA, "735194"), takeAwayForms()]);
  assert.deepEqual([given.length, mark.isGone(), (await vault.standing()).isNew], [1, false, false]);
  assert.equal((await store.all(vault.openedKey(), "owner"))[0].token, given[0]);
  mark.setMark(1, "device-1", "f3a9");
  assert.equal(mark.nUnsentOf("f3a9"), 1);
  await takeAwayForms();
  assert.equal((await vault.standing()).isNew, false);
});

test("two tabs set one device up, and the second one takes nothing away from the first", async () => {
  await vault.wipeEverywhere();
  const given = givesDevices();
  const before = nAskedToKeep;
  const first = pin.setUp(ZARINA, "735194").then(() =>
    store.write(vault.openedKey(), { put: [["draft", "d1", { id: "d1", xml: "<data/>" }]] }));
  const second = pin.setUp(ZARINA, "846205").then(() => "set up");
  await first;
  await eventually(() => nLoads);
  assert.equal(await Promise.race([second, new Promise((done) => setTimeout(done, 50, "left alone"))]), "left alone");
  assert.deepEqual([given, nLoads], [["token-1"], 1]); // it looks anew, and is asked for the PIN of the first one
  assert.equal((await store.one(vault.openedKey(), "draft", "d1")).xml, "<data/>");
  assert.equal(await vault.tryPin("735194"), "open");
  assert.equal(nAskedToKeep - before, 1); // the browser is asked once not to throw away what lies here
});

test("a draft that is asked for when the page locks itself stays free for another tab", async () => {
  vault.lock();
  await assert.rejects(fill.fillScreen(null, null, {}, { id: "d1" }, {}), vault.Locked);
  await assert.rejects(fill.fillScreen(null, null, {}, null, {}), vault.Locked);
  assert.equal(await fill.withDraft("d1", async () => undefined), true);
  assert.equal(await vault.tryPin("735194"), "open");
  const opening = fill.fillScreen(null, null, {}, { id: "d1" }, {});
  await new Promise((done) => setImmediate(done));
  vault.lock();
  await assert.rejects(opening, vault.Locked);
  assert.equal(await fill.withDraft("d1", async () => undefined), true);
});

test("what the server says while forms are fetched is shown, it is asked again, and nobody is told that she has no forms", async () => {
  await vault.wipeEverywhere();
  givesDevices(0);
  await pin.setUp(ZARINA, "735194");
  await app.reload();
  const shown = () => forms.formsScreen(app.known(), {}).textContent;
  const BUSY = "Аз ин шабака рамзҳои нодуруст омаданд.";
  const refuses = (status, wait) => () => ({ status, headers: wait ? { "Retry-After": wait } : {}, body: `<OpenRosaResponse><message>${BUSY}</message></OpenRosaResponse>` });

  const asked = serverThat(refuses(429, "1"));
  await app.fetchAll();
  assert.ok(shown().includes(BUSY));
  assert.ok(shown().includes("tries_again"));
  assert.ok(!shown().includes("no_forms"));
  const served = serverThat(() => ({ body: "<xforms/>" }));
  await eventually(() => served.length && !app.isFetching());
  await navigator.locks.request("paivand-fill-fetch", () => undefined); // and what came is read
  assert.deepEqual([asked.length, served.length], [1, 1]);
  assert.ok(!shown().includes(BUSY));
  assert.ok(shown().includes("no_forms")); // now the server said so

  // A form, its lists and its files are refused in the same words; without a time nothing is promised.
  const ITEM = `<xforms><xform><formID>roofs</formID><version>1</version><name>Roofs</name><hash>md5:1</hash>
    <downloadUrl>http://localhost/key/t/forms/roofs/1.xml</downloadUrl></xform></xforms>`;
  serverThat((address) => (address.endsWith("formList") ? { body: ITEM } : refuses(503)()));
  await app.fetchAll();
  assert.ok(shown().includes(BUSY));
  assert.ok(!shown().includes("tries_again"));
  // What is not the server's has no words, and no signal is no news about forms.
  globalThis.fetch = async () => new Response("<message>A filter on the way</message>", { status: 429 });
  await app.fetchAll();
  assert.ok(shown().includes("fetch_broke_off"));
  assert.ok(!shown().includes("no_forms"));
  assert.ok(!shown().includes("filter"));
  await vault.wipeEverywhere();
});

test("a day with its time is kept as Collect writes it, and what is none is no answer", () => {
  const chosen = new Date(2026, 10, 3, 9, 5, 59, 7);
  const held = moments.writtenMoment(chosen);
  assert.match(held, /^2026-11-03T09:05:00\.000[+-]\d\d:\d\d$/);
  assert.equal(moments.readMoment(held).getTime(), new Date(2026, 10, 3, 9, 5).getTime());
  assert.equal(moments.readMoment("2026-11-01T10:00:00.000+05:00").toISOString(), "2026-11-01T05:00:00.000Z");
  for (const [ahead, zone] of [[300, "+05:00"], [-210, "-03:30"], [0, "+00:00"]]) {
    chosen.getTimezoneOffset = () => -ahead;
    assert.ok(moments.writtenMoment(chosen).endsWith(zone), zone);
  }
  assert.deepEqual(["фардо субҳ", "", null, new Date(NaN)].map(moments.writtenMoment), ["", "", "", ""]);
  assert.deepEqual(["фардо субҳ", "2026-13-40T10:00", "", null].map(moments.readMoment), [null, null, null, null]);
});

test("a form that only Collect can ask is told of, not fetched and not begun; a draft in it keeps what it needs", async () => {
  await vault.wipeEverywhere();
  givesDevices(0);
  await pin.setUp(ZARINA, "735194");
  await app.reload();
  const item = (code, more) => `<xform><formID>${code}</formID><version>1</version><name>${code}</name><hash>md5:1</hash>
    <downloadUrl>http://localhost/key/t/forms/${code}/1.xml</downloadUrl>
    <manifestUrl>http://localhost/key/t/forms/${code}/1/manifest</manifestUrl>${more}</xform>`;
  const ONLY = '<forCollect xmlns="urn:paivand:door">true</forCollect>';
  const gives = (...items) => serverThat((address) => ({
    body: address.endsWith("formList") ? `<xforms xmlns="http://openrosa.org/xforms/xformsList">${items.join("")}</xforms>`
      : address.endsWith("manifest") ? "<manifest/>" : "<form/>",
  }));
  const asked = gives(item("roofs", ""), item("voices", ONLY));
  await app.fetchAll();
  assert.deepEqual(asked.filter((one) => one.address.includes("voices")), []);
  const shown = forms.formsScreen(app.known(), {});
  assert.deepEqual([...shown.querySelectorAll("[data-form]")].map((one) => one.dataset.form), ["roofs"]);
  const [told] = shown.querySelectorAll("[data-elsewhere=voices]");
  assert.ok(told.textContent.includes("form_for_collect"));
  assert.equal(told.querySelector("button"), null);
  assert.equal(told.closest("button"), null);

  // The other way round: what was here stays for drafts, and what may be begun now is fetched.
  const again = gives(item("roofs", ONLY), item("voices", ""));
  await app.fetchAll();
  assert.equal((await store.one(vault.openedKey(), "form", "roofs@1")).xml, "<form/>");
  assert.equal((await store.one(vault.openedKey(), "form", "voices@1")).xml, "<form/>");
  assert.ok(again.some((one) => one.address.endsWith("voices/1.xml")));
  assert.equal(forms.formsScreen(app.known(), {}).querySelector("[data-form]").dataset.form, "voices");
  await vault.wipeEverywhere();
});
