/**
 * `@getodk/web-forms` as Paivand ships it. Version 0.22.0 speaks English only, restores no draft and hands its form to
 * nobody, so a few places of its build are changed here. Each is looked for exactly as often as it stands there: a new
 * version that differs stops the build, and never goes out half translated.
 */

import type { Plugin } from "vite";

const word = (key: string): string => `globalThis.paivandWords(${JSON.stringify(key)})`;

/** A sentence in place of a control that there is not. */
const left = (key: string, words: string): string => `createElementBlock("p", { key: ${key}, class: "fill-left-out" }, ${word(words)})`;

/** The control for a day with its time, which the package has none for; it is made as those for days and for times are. */
const MOMENT = `paivandMoment = /* @__PURE__ */ defineComponent({
  __name: "InputMoment",
  props: { question: {} },
  setup(eA) {
    const tA = eA, AA = computed({
      get: () => globalThis.paivandMoments.read(tA.question.currentState.value),
      set: (rA) => { tA.question.setValue(globalThis.paivandMoments.write(rA)); }
    }), nA = computed(() => tA.question.currentState.readonly === !0);
    return (rA, oA) => (openBlock(), createBlock(unref(script$i), {
      modelValue: AA.value,
      "onUpdate:modelValue": oA[0] || (oA[0] = (iA) => AA.value = iA),
      "show-icon": "", "icon-display": "input", "show-button-bar": "", "show-time": "", "hour-format": "24", disabled: nA.value
    }, null, 8, ["modelValue", "disabled"]));
  }
})`;

/** What stands in the package, what takes its place, and how often. */
const CHANGES: readonly (readonly [found: string, instead: string, times: number])[] = [
  // Its own words, out of the catalogues of the server: see paivand/collect/rules/browser_texts.py.
  ['label: "Send"', `label: ${word("form_send")}`, 1],
  ['label: "Remove"', `label: ${word("form_remove")}`, 1],
  ['literal: "Repeat Item"', `literal: ${word("form_entry")}`, 1],
  ['createTextVNode(" Add ", -1)', `createTextVNode(${word("form_add")} + " ", -1)`, 1],
  ['"aria-label": "change language"', `"aria-label": ${word("form_language")}`, 1],
  ['label: "Change language"', `label: ${word("form_language")}`, 1],
  ['"Take picture"', word("form_take_picture"), 1],
  ['"Choose image"', word("form_choose_picture"), 1],
  ['"Captured image preview"', word("form_picture"), 1],
  ['"Rank items"', word("form_rank"), 1],
  ['" Okay "', word("form_okay"), 1],
  // A question that cannot be asked here shows what it asks all the same, and says where it can be answered.
  [
    '(openBlock(), createElementBlock("p", null, "🚧 Support for non-image uploads is pending. 🚧"))',
    `(openBlock(), createElementBlock(Fragment, null, [createVNode(ControlText, { question: eA.question }, null, 8, ["question"]), ${left("0", "form_no_files")}, createVNode(ValidationMessage, { message: eA.question.validationState.violation?.message.formatted }, null, 8, ["message"])], 64))`,
    1,
  ],
  // Maps come from other hosts, and which place somebody looks at is nobody's there: no map is drawn, and none is built in.
  ...["SHAPE", "TRACE"].map((kind, at) => [
    `createBlock(_sfc_main$u, {
          key: ${at + 4},
          question: eA.node,
          "single-feature-type": unref(SINGLE_FEATURE_TYPES).${kind}
        }, null, 8, ["question", "single-feature-type"])`,
    left(String(at + 4), "form_no_drawing"),
    1,
  ] as const),
  [
    `unref(tA) || eA.node.appearances["placement-map"] || eA.node.appearances.maps ? (openBlock(), createBlock(_sfc_main$y, {
            key: 0,
            question: eA.node
          }, null, 8, ["question"]))`,
    `eA.node.appearances["placement-map"] ? (openBlock(), ${left("0", "form_no_drawing")})`,
    1,
  ],
  [
    `eA.question.appearances.map ? (openBlock(), createBlock(AsyncMap, {
        key: 3,
        features: eA.question.currentState.valueOptions,
        mode: unref(MODES).SELECT,
        "saved-feature-value": oA.value,
        disabled: eA.question.currentState.readonly,
        onSave: aA[0] || (aA[0] = (sA) => eA.question.selectValue(sA ?? ""))
      }, null, 8, ["features", "mode", "saved-feature-value", "disabled"])) : `,
    "",
    1,
  ],
  // A day with its time has a calendar and a clock, so that nothing else is taken for one; hours are counted to 24.
  [
    `_sfc_main$q = /* @__PURE__ */ defineComponent({
  __name: "InputTime",`,
    `${MOMENT}, _sfc_main$q = /* @__PURE__ */ defineComponent({
  __name: "InputTime",`,
    1,
  ],
  [
    'eA.node.valueType === "time" ? (openBlock()',
    'eA.node.valueType === "dateTime" ? (openBlock(), createBlock(paivandMoment, { key: 9, question: eA.node }, null, 8, ["question"])) : eA.node.valueType === "time" ? (openBlock()',
    1,
  ],
  ['"hour-format": "12"', '"hour-format": "24"', 1],
  ['QA === 1 ? "1 question with error." : `${QA} questions with errors.`', `${word("form_errors")}.replace("%(n)s", String(QA))`, 1],
  ['"Location unavailable. Enable GPS and browser permissions, then restart the form to try again."', word("form_no_place"), 1],
  ['[GEOPOINT_ACCURACY_QUALITY.GOOD]: "Good accuracy"', `get [GEOPOINT_ACCURACY_QUALITY.GOOD]() { return ${word("form_place_good")}; }`, 1],
  ['[GEOPOINT_ACCURACY_QUALITY.ACCEPTABLE]: "Good accuracy"', `get [GEOPOINT_ACCURACY_QUALITY.ACCEPTABLE]() { return ${word("form_place_good")}; }`, 1],
  ['[GEOPOINT_ACCURACY_QUALITY.POOR]: "Poor accuracy"', `get [GEOPOINT_ACCURACY_QUALITY.POOR]() { return ${word("form_place_poor")}; }`, 1],
  ['[GEOPOINT_ACCURACY_QUALITY.UNKNOWN]: "Unknown accuracy"', `get [GEOPOINT_ACCURACY_QUALITY.UNKNOWN]() { return ${word("form_place_unknown")}; }`, 1],
  ['"Finding your location"', word("form_place_finding"), 1],
  ['" Location will be saved at "', `${word("form_place_at")} + " "`, 1],
  ['"Time taken to capture location: "', `${word("form_place_time")} + " "`, 1],
  ['" Previous saved location at "', `${word("form_place_before")} + " "`, 1],
  ['label: "Cancel"', `label: ${word("form_cancel")}`, 1],
  ['label: "Save location"', `label: ${word("form_place_save")}`, 1],
  ['"Get location"', word("form_place_get"), 1],
  ['"Try again"', word("form_again"), 1],
  ['"Cannot access location"', word("form_place_closed"), 1],
  ['"Grant location permission in the browser settings and make sure location is turned on."', word("form_place_permit"), 1],
  ['constraintMsg: "Condition not satisfied: constraint"', `get constraintMsg() { return ${word("form_check")}; }`, 1],
  ['requiredMsg: "Condition not satisfied: required"', `get requiredMsg() { return ${word("form_required")}; }`, 1],
  // The page looks like Paivand's, and not like a page of its own.
  [
    "\tall: revert;\n\tfont-family: Roboto, sans-serif !important;\n\tfont-size: 1rem !important;\n\tline-height: 1.15rem !important;\n\theight: fit-content !important;\n",
    "",
    1,
  ],
  // Pomegranate and warm paper in place of blue and slate.
  [
    `primary: {
      50: "#e9f8ff",
      100: "#c7e6f5",
      200: "#a5d4eb",
      300: "#82c3e0",
      400: "#60b1d6",
      500: "#3e9fcc",
      600: "#3488af",
      700: "#297193",
      800: "#1f5976",
      900: "#14425a",
      950: "#0a2b3d"`,
    `primary: {
      50: "#fbf1f1",
      100: "#f7e5e6",
      200: "#ecc4ca",
      300: "#dc97a3",
      400: "#b75069",
      500: "#8c1d3f",
      600: "#7c1838",
      700: "#6a1430",
      800: "#571128",
      900: "#440d20",
      950: "#2b0810"`,
    1,
  ],
  [
    `0: "#ffffff",
          50: "{slate.50}",
          100: "{slate.100}",
          200: "{slate.200}",
          300: "{slate.300}",
          400: "{slate.400}",
          500: "{slate.500}",
          600: "{slate.600}",
          700: "{slate.700}",
          800: "{slate.800}",
          900: "{slate.900}",
          950: "{slate.950}"`,
    `0: "#fffdf9",
          50: "#f8f3ea",
          100: "#efe7da",
          200: "#e4d9c8",
          300: "#cbbda9",
          400: "#8d7c6c",
          500: "#75665a",
          600: "#65574b",
          700: "#55483c",
          800: "#3d322a",
          900: "#2a211b",
          950: "#1f1813"`,
    1,
  ],
  // A draft is gone on with under its own number; "edit" would make a new submission that replaces another one.
  [
    "const rA = resolvableFormInstanceInput(tA.editInstance), oA = await AA.editInstance(rA, nA);",
    "const oA = await AA.restoreInstance(tA.editInstance, nA);",
    1,
  ],
  // The form that was opened, for drafts and for its language: the component keeps it to itself.
  [
    "root: null\n}), success = (eA, tA) => ({",
    "root: null\n}), success = (eA, tA) => (globalThis.paivandFormOpened(tA.root), {",
    1,
  ],
];

/** Code that the content policy forbids, and that our forms never reach; without it, names can be shortened. */
const EVAL = "eval(func)";

function changed(code: string): string {
  let made = code;
  for (const [found, instead, times] of CHANGES) {
    const parts = made.split(found);
    if (parts.length !== times + 1) {
      throw new Error(`@getodk/web-forms changed: ${JSON.stringify(found)} stands there ${parts.length - 1} times.`);
    }
    made = parts.join(instead);
  }
  if (!made.includes(EVAL)) {
    throw new Error("@getodk/web-forms changed: look where it uses eval and mend this plugin.");
  }
  return made.replaceAll(EVAL, '(() => { throw new Error("code in a form is off"); })()');
}

/** Distances and sides that Dari mirrors, and Tajik does not: the package knows left and right only. */
const SIDES = /([{;])(margin|padding)-(left|right):/g;
const BEGINS = /([{;])(float|text-align):left\b/g;
const CORNER = /(top:\d+px;)right:/g;

/** The styles of the package: without typefaces, which are two thirds of them, whole words, and for both directions. */
function dressed(code: string): string {
  const made = code
    .replace(/@font-face\{[^}]*\}/g, "")
    .replace("--odk-font-family: Roboto, sans-serif", "--odk-font-family: inherit")
    .replace(SIDES, (_all, before: string, what: string, side: string) => `${before}${what}-inline-${side === "left" ? "start" : "end"}:`)
    .replace(BEGINS, (_all, before: string, what: string) => `${before}${what}:${what === "float" ? "inline-start" : "start"}`)
    .replace(CORNER, "$1inset-inline-end:")
    .replaceAll("word-break:break-all", "overflow-wrap:break-word;hyphens:auto");
  if (made.length === code.length || !made.includes("margin-inline-start:")) {
    throw new Error("@getodk/web-forms changed: look where its styles lie and mend this plugin.");
  }
  return made;
}

export function webFormsInOurWords(): Plugin {
  let done = false;
  return {
    name: "paivand-web-forms",
    transform(code, id): string | null {
      if (!id.includes("/@getodk/web-forms/")) {
        return null;
      }
      if (id.endsWith("/dist/index.js")) {
        return dressed(code);
      }
      if (!code.includes("OdkWebForm = ")) {
        return null;
      }
      done = true;
      return changed(code);
    },
    generateBundle(): void {
      if (!done) {
        throw new Error("@getodk/web-forms was not found in the build: look where its component lies and mend this plugin.");
      }
    },
  };
}
