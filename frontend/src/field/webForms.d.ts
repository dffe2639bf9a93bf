/** What is used of `@getodk/web-forms`, which brings no types of its own. */

declare module "@getodk/web-forms" {
  import type { DefineComponent, Plugin } from "vue";

  export interface InstancePayload {
    readonly status: "pending" | "ready";
    readonly data: readonly FormData[];
  }

  export interface FormLanguage {
    readonly language: string;
    readonly isSyntheticDefault?: true;
  }

  export interface RootNode {
    readonly languages: readonly FormLanguage[];
    readonly currentState: { readonly activeLanguage: FormLanguage };
    setLanguage(language: FormLanguage): void;
    prepareInstancePayload(options: { readonly payloadType: "monolithic" }): Promise<InstancePayload>;
  }

  export const OdkWebForm: DefineComponent<Record<string, unknown>>;
  export const webFormsPlugin: Plugin;
}
