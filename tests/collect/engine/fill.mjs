// Fills in forms as ODK's own engine does (@getodk/xforms-engine): reads a list of jobs as JSON from stdin and writes
// what came out as JSON to stdout. One process for all forms, because the engine takes a while to start.
//
// A job: {name, form: XML, lists: {file: CSV}, language, answers: [[path, value]], files: {name: {type, base64}}}.
// A value: text, a list of texts for several choices, or {file: name} for a photograph. A path counts repetitions
// from 1, as in remarks[2]/note; "+" adds one to the repetition at that path.
// A result: {name, error} or {name, status, xml, files: [name], refused: [[path, why]], labels: {path: text}}.
import { JSDOM } from "jsdom";

// The engine's parser is compiled with emscripten, which would take node for its home and look for files there. Node's
// own Response is loaded when it is used first, and wants to know its version.
new Response("");
Object.defineProperty(process, "versions", { value: { ...process.versions, node: undefined } });
const { window } = new JSDOM("<!doctype html>", { url: "https://localhost/" });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
globalThis.window ??= window;
const { loadForm } = await import("@getodk/xforms-engine");

const STEP = /^([\w.-]+)(?:\[(\d+)\])?$/;
const nameOf = (node) => node.currentState.reference.split("/").pop().replace(/\[\d+\]$/, "");

function at(root, path) {
  let node = root;
  for (const step of path.split("/")) {
    const [, name, place] = STEP.exec(step);
    const found = (node.currentState.children ?? []).find((one) => nameOf(one) === name);
    if (!found) throw new Error(`no question ${path}`);
    const many = found.nodeType.startsWith("repeat-range");
    node = many && (place || !path.endsWith(step)) ? found.currentState.children[Number(place ?? 1) - 1] : found;
    if (!node) throw new Error(`no repetition ${path}`);
  }
  return node;
}

function answer(root, path, value, files) {
  if (value === "+") {
    at(root, path).addInstances();
    return null;
  }
  const node = at(root, path);
  if (!node.currentState.relevant) return "not asked";
  if (node.nodeType === "select") {
    const chosen = Array.isArray(value) ? value : [value];
    const missing = chosen.filter((one) => !node.getValueOption(one));
    if (missing.length) return `not offered: ${missing.join(" ")}`;
    if (node.selectType === "select") node.selectValues(chosen);
    else node.selectValue(chosen[0]);
  } else if (node.nodeType === "upload") {
    const file = files[value.file];
    node.setValue(new File([Buffer.from(file.base64, "base64")], value.file, { type: file.type }));
  } else if (node.nodeType === "trigger") node.setValue(value === "OK");
  else node.setValue(value);
  return null;
}

function labelled(node, found) {
  const label = node.currentState.label?.asString;
  if (label) found[node.currentState.reference.replace(/^\/[^/]+\//, "")] = label;
  for (const child of node.currentState.children ?? []) labelled(child, found);
  return found;
}

async function filled(job) {
  const lists = job.lists ?? {};
  const loaded = await loadForm(job.form, {
    fetchFormAttachment: async (url) => {
      const name = decodeURIComponent(String(url).split("/").pop());
      const content = lists[name];
      return content === undefined
        ? new Response("", { status: 404 })
        : new Response(content, { status: 200, headers: { "content-type": "text/csv" } });
    },
  });
  if (loaded.status === "failure") throw loaded.error;
  const { root } = loaded.createInstance({ instanceAttachments: { fileNameFactory: ({ basename, extension }) => `${basename}${extension ?? ""}` } });
  const language = root.languages.find((one) => one.language?.includes(`(${job.language})`));
  if (language) root.setLanguage(language);
  const refused = [];
  for (const [path, value] of job.answers) {
    const why = answer(root, path, value, job.files ?? {});
    if (why) refused.push([path, why]);
  }
  const payload = await root.prepareInstancePayload({ payloadType: "monolithic" });
  const [data] = payload.data;
  const files = [];
  let xml = "";
  for (const [, file] of data.entries()) {
    if (file.name === "xml_submission_file") xml = await file.text();
    else files.push(file.name);
  }
  const violations = (payload.violations ?? []).map((one) => [one.reference, one.violation.condition]);
  return { name: job.name, status: payload.status, xml, files, refused, violations, labels: labelled(root, {}) };
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = [];
for (const job of JSON.parse(Buffer.concat(chunks).toString("utf8"))) {
  try {
    results.push(await filled(job));
  } catch (error) {
    results.push({ name: job.name, error: String(error?.stack ?? error) });
  }
}
process.stdout.write(JSON.stringify(results));
