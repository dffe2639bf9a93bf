import tailwindcss from "@tailwindcss/vite";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

import { webFormsInOurWords } from "./plugins/webForms.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the built files contain of others' work; their licences ask to travel with it. */
const SHIPPED = [
  "@expo-google-fonts/source-sans-3",
  "@expo-google-fonts/vazirmatn",
  "htmx.org",
  "daisyui",
  "tailwindcss",
  "@fontsource-variable/source-sans-3",
  "@fontsource-variable/vazirmatn",
  "vue",
  "pica",
  "image-blob-reduce",
  "dompurify",
  "vue-draggable-plus",
  "@mdi/js",
];

/**
 * What `@getodk/web-forms` holds built into itself, so that no folder of it lies here: name, holder, licence. It and its
 * engine bring no file of their licence, which is that of Paivand too.
 */
const INSIDE_WEB_FORMS: readonly (readonly [name: string, holder: string, licence: "Apache-2.0" | "MIT"])[] = [
  ["@getodk/web-forms, @getodk/xforms-engine, @getodk/xpath", "ODK (Get ODK Inc.) and contributors", "Apache-2.0"],
  ["primevue, @primeuix/themes, primeflex", "PrimeTek", "MIT"],
  ["solid-js", "Ryan Carniato", "MIT"],
  ["web-tree-sitter", "Max Brunsfeld and contributors", "MIT"],
];

/** The words of the MIT licence, as packages here bring them, without the line that names a holder. */
function mit(): string {
  const text = readFileSync(here("../node_modules/vue/LICENSE"), "utf8");
  return text.slice(text.indexOf("Permission is hereby granted")).trim();
}

/** Writes `licences.txt` beside the built files, from the packages themselves. */
function licences(): Plugin {
  return {
    name: "paivand-licences",
    generateBundle(): void {
      const parts = SHIPPED.map((name) => {
        const folder = here(`../node_modules/${name}/`);
        const files = readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry));
        if (!files.length) {
          throw new Error(`${name} brings no licence file: look for it and mend this list.`);
        }
        const texts = files.map((file) => readFileSync(folder + file, "utf8").trim());
        return `${name}\n${"=".repeat(name.length)}\n\n${texts.join("\n\n")}\n`;
      });
      const apache = readFileSync(here("../LICENSE"), "utf8").trim();
      const inside = INSIDE_WEB_FORMS.map(([name, holder, licence]) =>
        `${name}\n${"=".repeat(name.length)}\n\nCopyright (c) ${holder}\n\n${licence === "MIT" ? mit() : apache}\n`);
      this.emitFile({ type: "asset", fileName: "licences.txt", source: [...parts, ...inside].join("\n\n") });
    },
  };
}

/** The typefaces of PDF documents: those of the screen, as whole static files, which the typesetter needs. */
const PRINTED = [
  "@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf",
  "@expo-google-fonts/source-sans-3/700Bold/SourceSans3_700Bold.ttf",
  "@expo-google-fonts/vazirmatn/400Regular/Vazirmatn_400Regular.ttf",
  "@expo-google-fonts/vazirmatn/700Bold/Vazirmatn_700Bold.ttf",
];

/** Puts the typefaces of `paivand/core/paper.py` into the folder `print`; no page asks for them. */
function printFonts(): Plugin {
  return {
    name: "paivand-print-fonts",
    generateBundle(): void {
      for (const path of PRINTED) {
        const source = readFileSync(here(`../node_modules/${path}`));
        this.emitFile({ type: "asset", fileName: `print/${basename(path)}`, source });
      }
    },
  };
}

/** htmx can run code from attributes; the content policy forbids it. Without its `eval`, names in it can be shortened. */
function withoutEval(): Plugin {
  const call = "return eval(str)";
  return {
    name: "paivand-without-eval",
    transform(code, id): string | null {
      if (!id.includes("/htmx.org/")) {
        return null;
      }
      if (!code.includes(call)) {
        throw new Error("htmx changed: look where it uses eval and mend this plugin.");
      }
      return code.replace(call, 'throw new Error("code in attributes is off")');
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  publicDir: here("public"),
  plugins: [tailwindcss(), withoutEval(), webFormsInOurWords(), licences(), printFonts()],
  build: {
    outDir: here("../paivand/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    // web-forms, which only an open form loads.
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    target: ["chrome111", "firefox114", "safari16.4"],
    rolldownOptions: {
      // `field` is the page /fill/ alone, `worker` what it leaves in the browser, `quick_exit` the sealed room's: other
      // pages load none of them.
      input: {
        main: here("src/main.ts"),
        field: here("src/field/main.ts"),
        worker: here("src/field/worker.ts"),
        quick_exit: here("src/pages/quick_exit.ts"),
      },
    },
  },
});
