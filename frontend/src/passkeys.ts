/**
 * Passkeys. A `<form data-passkey="create|get">` holds a hidden input named `credential` and, from Django's
 * `json_script`, the options of the ceremony (`data-passkey-options` names its element). Where there are no options yet,
 * `data-passkey-fetch` names an address that gives them. The button with `data-passkey-start` begins.
 */

interface Described {
  readonly id: string;
  readonly type: PublicKeyCredentialType;
  readonly transports?: AuthenticatorTransport[];
}

interface CreationJson {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: Described[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  [other: string]: unknown;
}

interface RequestJson {
  challenge: string;
  allowCredentials?: Described[];
  [other: string]: unknown;
}

interface Options {
  readonly creation_options?: { publicKey: CreationJson };
  readonly request_options?: { publicKey: RequestJson };
}

/** Native conversions; browsers before 2025 lack some of them. */
interface Converters {
  parseCreationOptionsFromJSON?: (json: unknown) => PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?: (json: unknown) => PublicKeyCredentialRequestOptions;
}

const native = (): Converters => PublicKeyCredential as unknown as Converters;

function toBytes(text: string): ArrayBuffer {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function toText(bytes: ArrayBuffer | null): string | null {
  if (bytes === null) {
    return null;
  }
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const described = (list: Described[] = []): PublicKeyCredentialDescriptor[] =>
  list.map((entry) => ({ ...entry, id: toBytes(entry.id) }));

function creationOptions(json: CreationJson): PublicKeyCredentialCreationOptions {
  const parse = native().parseCreationOptionsFromJSON;
  if (parse) {
    return parse.call(PublicKeyCredential, json);
  }
  return {
    ...(json as unknown as PublicKeyCredentialCreationOptions),
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: described(json.excludeCredentials),
  };
}

function requestOptions(json: RequestJson): PublicKeyCredentialRequestOptions {
  const parse = native().parseRequestOptionsFromJSON;
  if (parse) {
    return parse.call(PublicKeyCredential, json);
  }
  return {
    ...(json as unknown as PublicKeyCredentialRequestOptions),
    challenge: toBytes(json.challenge),
    allowCredentials: described(json.allowCredentials),
  };
}

function answerToJson(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === "function") {
    return credential.toJSON();
  }
  const { response } = credential;
  const shared = {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
  if (response instanceof AuthenticatorAttestationResponse) {
    return {
      ...shared,
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        attestationObject: toText(response.attestationObject),
        transports: response.getTransports?.() ?? [],
      },
    };
  }
  const signed = response as AuthenticatorAssertionResponse;
  return {
    ...shared,
    response: {
      clientDataJSON: toText(signed.clientDataJSON),
      authenticatorData: toText(signed.authenticatorData),
      signature: toText(signed.signature),
      userHandle: toText(signed.userHandle),
    },
  };
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  const address = form.dataset["passkeyFetch"];
  if (address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      throw new Error(`${address} answered ${answer.status}`);
    }
    return (await answer.json()) as Options;
  }
  const element = document.getElementById(form.dataset["passkeyOptions"] ?? "");
  return JSON.parse(element?.textContent ?? "{}") as Options;
}

/** Whether the key should know the user by itself, so that no user name is needed to sign in with it. */
function choosePasswordless(form: HTMLFormElement, json: CreationJson): void {
  const box = form.querySelector<HTMLInputElement>("input[name=passwordless]");
  if (box) {
    json.authenticatorSelection = {
      ...json.authenticatorSelection,
      residentKey: box.checked ? "required" : "discouraged",
      requireResidentKey: box.checked,
      ...(box.checked ? { userVerification: "required" as const } : {}),
    };
  }
}

async function ceremony(form: HTMLFormElement): Promise<void> {
  const options = await optionsOf(form);
  let credential: Credential | null = null;
  if (form.dataset["passkey"] === "create" && options.creation_options) {
    choosePasswordless(form, options.creation_options.publicKey);
    credential = await navigator.credentials.create({ publicKey: creationOptions(options.creation_options.publicKey) });
  } else if (options.request_options) {
    credential = await navigator.credentials.get({ publicKey: requestOptions(options.request_options.publicKey) });
  }
  const field = form.querySelector<HTMLInputElement>("input[name=credential]");
  if (!credential || !field) {
    throw new Error("no credential");
  }
  field.value = JSON.stringify(answerToJson(credential as PublicKeyCredential));
  form.submit();
}

function say(form: HTMLFormElement, what: "passkeyMissing" | "passkeyFailed"): void {
  const place = form.querySelector<HTMLElement>("[data-passkey-says]");
  if (place) {
    place.textContent = form.dataset[what] ?? "";
    place.hidden = false;
  }
}

/** Make the forms of this page work; each one once. */
export function watchPasskeys(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]:not([data-passkey-ready])")) {
    form.setAttribute("data-passkey-ready", "");
    const button = form.querySelector<HTMLButtonElement>("[data-passkey-start]");
    if (!button) {
      continue;
    }
    const begin = async (): Promise<void> => {
      if (!("credentials" in navigator) || typeof PublicKeyCredential === "undefined") {
        say(form, "passkeyMissing");
        return;
      }
      if (!form.reportValidity()) {
        return;
      }
      button.disabled = true;
      try {
        await ceremony(form);
      } catch {
        say(form, "passkeyFailed");
        button.disabled = false;
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void begin();
    });
    button.addEventListener("click", (event) => {
      event.preventDefault();
      void begin();
    });
  }
}
