/** Days with their time, as forms keep them: on the clock of the device, with how far that is from Greenwich. */

const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, "0");

/** What a form holds, as a moment; null for what is none. */
export function readMoment(held: unknown): Date | null {
  const isMoment = typeof held === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(held);
  const found = new Date(isMoment ? held : NaN);
  return Number.isNaN(found.getTime()) ? null : found;
}

/** A moment as Collect writes it: 2026-11-30T14:05:00.000+05:00; "" for what is none, so that no free text is an answer. */
export function writtenMoment(chosen: unknown): string {
  if (!(chosen instanceof Date) || Number.isNaN(chosen.getTime())) {
    return "";
  }
  const ahead = -chosen.getTimezoneOffset();
  const day = `${String(chosen.getFullYear()).padStart(4, "0")}-${two(chosen.getMonth() + 1)}-${two(chosen.getDate())}`;
  return `${day}T${two(chosen.getHours())}:${two(chosen.getMinutes())}:00.000${ahead < 0 ? "-" : "+"}${two(ahead / 60)}:${two(ahead % 60)}`;
}
