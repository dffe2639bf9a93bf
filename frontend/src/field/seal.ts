/**
 * How what lies on the device is sealed.
 *
 * One random key of 256 bits seals everything (AES-GCM, a new nonce each time, bound to the place where the record lies).
 * That key lies on the device only wrapped by another one, which is made of the worker's PIN (PBKDF2 with SHA-256). Once
 * unwrapped it cannot be read out again, not by this code either.
 */

/** Rounds for new vaults. A vault says itself how many made it, so that this number may grow. */
export const ROUNDS = 600_000;

const AES = "AES-GCM";
const USES: KeyUsage[] = ["encrypt", "decrypt"];
const text = new TextEncoder();

export interface Wrapped {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly rounds: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly key: ArrayBuffer;
}

export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly body: ArrayBuffer;
}

const random = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n));

/** Digits of other scripts count as the digits they are: a PIN set on one keyboard opens on another. */
export const plainPin = (pin: string): string =>
  pin.normalize("NFKC").trim().replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));

async function keyOfPin(pin: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey("raw", text.encode(plainPin(pin)), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, raw, { name: AES, length: 256 }, false, ["wrapKey", "unwrapKey"],
  );
}

/** Make the key of a new vault and wrap it with `pin`. */
export async function newKey(pin: string, rounds = ROUNDS): Promise<Wrapped> {
  const key = await crypto.subtle.generateKey({ name: AES, length: 256 }, true, USES);
  const salt = random(16);
  const iv = random(12);
  const wrapped = await crypto.subtle.wrapKey("raw", key, await keyOfPin(pin, salt, rounds), { name: AES, iv });
  return { salt, rounds, iv, key: wrapped };
}

/** The key of a vault, or null where `pin` is not the one that wrapped it. */
export async function openKey(wrapped: Wrapped, pin: string): Promise<CryptoKey | null> {
  const outer = await keyOfPin(pin, wrapped.salt, wrapped.rounds);
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped.key, outer, { name: AES, iv: wrapped.iv }, { name: AES }, false, USES);
  } catch {
    return null;
  }
}

export async function seal(key: CryptoKey, place: string, plain: BufferSource): Promise<Sealed> {
  const iv = random(12);
  return { iv, body: await crypto.subtle.encrypt({ name: AES, iv, additionalData: text.encode(place) }, key, plain) };
}

/** What was sealed at `place`; throws where it was changed, moved from another place, or sealed with another key. */
export const unseal = (key: CryptoKey, place: string, sealed: Sealed): Promise<ArrayBuffer> =>
  crypto.subtle.decrypt({ name: AES, iv: sealed.iv, additionalData: text.encode(place) }, key, sealed.body);

/** Whether a PIN is too easily guessed: shorter than six, one sign only, or a run such as 123456. */
export function isWeakPin(pin: string): boolean {
  const signs = [...plainPin(pin)];
  const steps = new Set(signs.slice(1).map((sign, at) => sign.charCodeAt(0) - (signs[at] ?? "").charCodeAt(0)));
  return signs.length < 6 || (steps.size === 1 && [-1, 0, 1].some((step) => steps.has(step)));
}
