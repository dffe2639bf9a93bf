/** The texts of the page, which the server brings along in all four languages, and the language of this device. */

export const LANGUAGES = ["tg", "ru", "en", "fa"] as const;
export type Language = (typeof LANGUAGES)[number];

interface Pack {
  readonly names: Record<Language, string>;
  readonly words: Record<Language, Record<string, string>>;
  /** Of the forms that come with the house. */
  readonly titles: Record<string, Partial<Record<Language, string>>>;
  readonly months: Record<Language, readonly string[]>;
  readonly days: Record<Language, readonly string[]>;
}

const CHOSEN = "paivand.fill.language";
const isLanguage = (name: string): name is Language => (LANGUAGES as readonly string[]).includes(name);

let pack: Pack | null = null;
let language: Language = "tg";

/** Read the texts out of the page; before this, every text is its own key. */
export function readWords(): void {
  pack = JSON.parse(document.getElementById("words")?.textContent ?? "null") as Pack | null;
  // The page that the browser keeps was made for nobody, so the first language that a person saw is remembered here.
  const chosen = localStorage.getItem(CHOSEN) ?? document.documentElement.lang;
  chooseLanguage(isLanguage(chosen) ? chosen : "tg");
}

/** Speak `chosen` from now on: the words, and the direction of writing. */
export function speak(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  document.documentElement.dir = chosen === "fa" ? "rtl" : "ltr";
}

/** Choose a language for this device. */
export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(CHOSEN, chosen);
  speak(chosen);
}

export const spoken = (): Language => language;
export const nameOf = (one: Language): string => pack?.names[one] ?? one;
export const months = (): readonly string[] => pack?.months[language] ?? [];
export const days = (): readonly string[] => pack?.days[language] ?? [];

/** A number, an hour or a day with the numerals of the language. */
export const numerals = (written: string): string =>
  language === "fa" ? written.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)] ?? digit) : written;

/** The text of `key` in the language of the device; `%(name)s` in it becomes what `values` says. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const found = pack?.words[language][key] ?? pack?.words.en[key] ?? key;
  return found.replace(/%\((\w+)\)s/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : name === "name" ? String(value) : numerals(String(value));
  });
}

/** The title of a form: those that come with the house have one in every language, others the one that was fetched. */
export const titled = (form: string, fetched: string): string => pack?.titles[form.split("@", 1)[0] ?? ""]?.[language] ?? fetched;

/** In which direction that title is written: ours as the page is, whatever letters it begins with; others as they begin. */
export const titleSide = (form: string): string =>
  pack?.titles[form.split("@", 1)[0] ?? ""]?.[language] === undefined ? "auto" : document.documentElement.dir;

const two = (value: number): string => String(value).padStart(2, "0");

/** The hour of a moment: 14:05. */
export function hourOf(at: number): string {
  const day = new Date(at);
  return `${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** A moment as the house writes it: 29.11.2026, 14:05; today only the hour. */
export function moment(at: number, now = Date.now()): string {
  const day = new Date(at);
  const hour = hourOf(at);
  const isToday = new Date(now).toDateString() === day.toDateString();
  return isToday
    ? say("today_at", { time: hour }) : numerals(`${two(day.getDate())}.${two(day.getMonth() + 1)}.${day.getFullYear()}, ${hour}`);
}

/** A size as devices tell it: 640 kB, 12 MB, 3.4 GB. */
export function size(bytes: number): string {
  const [unit, each] = bytes < 1_000_000 ? ["kB", 1000] as const : bytes < 1_000_000_000 ? ["MB", 1_000_000] as const : ["GB", 1_000_000_000] as const;
  return `${numerals((bytes / each).toFixed(bytes / each < 10 ? 1 : 0))} ${unit}`;
}
