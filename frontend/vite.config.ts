import tailwindcss from "@tailwindcss/vite";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the built files contain of others' work; their licences ask to travel with it. */
const SHIPPED = [
  "htmx.org",
  "daisyui",
  "tailwindcss",
  "@fontsource-variable/source-sans-3",
  "@fontsource-variable/vazirmatn",
];

/** Writes `licences.txt` beside the built files, from the packages themselves. */
function licences(): Plugin {
  return {
    name: "paivand-licences",
    generateBundle(): void {
      const parts = SHIPPED.map((name) => {
        const folder = here(`../node_modules/${name}/`);
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
        if (!file) {
          throw new Error(`${name} brings no licence file: look for it and mend this list.`);
        }
        return `${name}\n${"=".repeat(name.length)}\n\n${readFileSync(folder + file, "utf8").trim()}\n`;
      });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: parts.join("\n\n") });
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
  plugins: [tailwindcss(), withoutEval(), licences()],
  build: {
    outDir: here("../paivand/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome111", "firefox114", "safari16.4"],
    rolldownOptions: { input: { main: here("src/main.ts") } },
  },
});
