/**
 * One form open in `@getodk/web-forms`. This module and Vue come onto the page only when a form is opened.
 *
 * The package speaks our words and shows us the form that it opened: see frontend/plugins/webForms.ts.
 */

import type { FormLanguage, InstancePayload, RootNode } from "@getodk/web-forms";
import { createApp, h, type App } from "vue";

import { readMoment, writtenMoment } from "./moments";
import { nameWhatIsDrawn } from "./naming";
import { days, months, say, spoken } from "./words";

export interface Filled {
  readonly xml: string;
  readonly files: readonly File[];
}

export interface Opening {
  readonly xml: string;
  /** Of a draft: what was filled in, with its pictures. */
  readonly before: Filled | null;
  readonly attachment: (name: string) => Promise<Response>;
  readonly username: string;
  readonly device: string;
  readonly sent: (filled: Filled) => void;
}

export interface OpenForm {
  /** What is filled in by now, whether it is complete or not; null while the form is still being read. */
  readonly state: () => Promise<Filled | null>;
  /** When the form can be filled in. Never where it cannot be read: the package says so on the page. */
  readonly opened: Promise<void>;
  readonly close: () => void;
}

declare global {
  var paivandWords: (key: string) => string;
  var paivandMoments: { readonly read: typeof readMoment; readonly write: typeof writtenMoment };
  var paivandFormOpened: (root: RootNode) => void;
}

const FORM = "xml_submission_file";

async function filledIn(payload: InstancePayload): Promise<Filled> {
  const entries = payload.data.flatMap((data) => [...data.entries()]);
  const form = entries.find(([name]) => name === FORM)?.[1];
  const files = entries.flatMap(([name, value]) => (name !== FORM && value instanceof File ? [value] : []));
  return { xml: form instanceof Blob ? await form.text() : String(form ?? ""), files };
}

function payloadOf({ xml, files }: Filled): { data: FormData[] } {
  const data = new FormData();
  data.append(FORM, new File([xml], FORM, { type: "text/xml" }));
  files.forEach((file) => data.append(file.name, file, file.name));
  return { data: [data] };
}

/** The styles of the package. They reach the whole page, so they count only while a form is open. */
const styles: HTMLStyleElement[] = [];
const countStyles = (count: boolean): void => styles.forEach((one) => (one.media = count ? "all" : "not all"));

/** Styles are allowed with the page's nonce only; the package makes its own without asking for one. */
function styleWithNonce(): void {
  const nonce = document.querySelector<HTMLElement>("script[nonce], style[nonce]")?.nonce ?? "";
  const make = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
  document.createElement = ((name: string, options?: ElementCreationOptions): HTMLElement => {
    const made = make(name, options);
    if (made instanceof HTMLStyleElement) {
      made.nonce = nonce;
      styles.push(made);
    }
    return made;
  }) as typeof document.createElement;
}

interface PrimeVue {
  readonly config: { locale: Record<string, unknown> };
}

/** Calendars and lists in the language of the device. */
function speakOurLanguage(app: App): void {
  const { config } = app.config.globalProperties["$primevue"] as PrimeVue;
  const short = (names: readonly string[], n: number): string[] => names.map((name) => [...name].slice(0, n).join(""));
  const close = { ...(config.locale["aria"] as Record<string, string>), close: say("close") };
  Object.assign(config.locale, {
    dayNames: days(), dayNamesShort: short(days(), 3), dayNamesMin: short(days(), 2),
    monthNames: months(), monthNamesShort: short(months(), 3),
    firstDayOfWeek: 1, dateFormat: "dd.mm.yy", today: say("today"), clear: say("form_clear"),
    chooseDate: say("form_choose_day"), chooseMonth: say("form_choose_month"), chooseYear: say("form_choose_year"),
    prevMonth: say("form_month_before"), nextMonth: say("form_month_after"),
    prevYear: say("form_year_before"), nextYear: say("form_year_after"),
    prevHour: say("form_hour_before"), nextHour: say("form_hour_after"),
    prevMinute: say("form_minute_before"), nextMinute: say("form_minute_after"),
    prevDecade: say("form_years_before"), nextDecade: say("form_years_after"),
    emptyFilterMessage: say("form_nothing_found"), emptySearchMessage: say("form_nothing_found"), emptyMessage: say("form_nothing_to_choose"),
    searchMessage: "", selectionMessage: "", emptySelectionMessage: "", aria: close,
  });
}

function languageOf(root: RootNode): FormLanguage | undefined {
  return root.languages.find((one) => one.language.endsWith(`(${spoken()})`) || one.language === spoken());
}

let isPrepared = false;

/** Open a form inside `place`. */
export async function openForm(place: HTMLElement, opening: Opening): Promise<OpenForm> {
  if (!isPrepared) {
    isPrepared = true;
    styleWithNonce();
    globalThis.paivandWords = say;
    globalThis.paivandMoments = { read: readMoment, write: writtenMoment };
  }
  countStyles(true);
  let root: RootNode | null = null;
  const opened = new Promise<void>((resolve) => {
    globalThis.paivandFormOpened = (form): void => {
      root = form;
      const language = languageOf(form);
      if (language) {
        form.setLanguage(language);
      }
      resolve();
    };
  });
  const { OdkWebForm, webFormsPlugin } = await import("@getodk/web-forms");
  const app = createApp({
    render: () => h(OdkWebForm, {
      formXml: opening.xml,
      fetchFormAttachment: ({ pathname, href }: URL) => opening.attachment(decodeURIComponent((pathname || href).split("/").pop() ?? "")),
      missingResourceBehavior: "BLANK",
      preloadProperties: { deviceID: opening.device, username: opening.username },
      ...(opening.before ? { editInstance: payloadOf(opening.before) } : {}),
      onSubmit: (payload: InstancePayload) => void filledIn(payload).then(opening.sent),
    }),
  });
  app.use(webFormsPlugin);
  speakOurLanguage(app);
  app.mount(place);
  const stopNaming = nameWhatIsDrawn(place);
  return {
    opened,
    state: async () => (root ? filledIn(await root.prepareInstancePayload({ payloadType: "monolithic" })) : null),
    close: () => {
      root = null;
      stopNaming();
      app.unmount();
      countStyles(false);
    },
  };
}
