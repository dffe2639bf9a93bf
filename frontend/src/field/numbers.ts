/**
 * The number of a filled form, and of what it corrects. The server keeps one form under one number for ever; what was
 * mended after it had come arrives under a number of its own, and says which one it corrects (OpenRosa: deprecatedID).
 */

const OWN = /(<(?:[\w.-]+:)?instanceID\b[^>]*>)([^<]*)(<\/(?:[\w.-]+:)?instanceID\s*>)/;
const FORMER = /<((?:[\w.-]+:)?deprecatedID)\b[^>]*?(?:\/>|>[^<]*<\/\1\s*>)/;

/** The number of a filled form, "" where it has none. */
export const numberOf = (xml: string): string => OWN.exec(xml)?.[2]?.trim() ?? "";

/** Without a word about what it corrects. */
export const asFirst = (xml: string): string => xml.replace(FORMER, "");

/** The same answers under a new number, as a correction of the form that the server holds as `former`. */
export function asEdit(xml: string, former: string, number = `uuid:${crypto.randomUUID()}`): string {
  return asFirst(xml).replace(OWN, (_whole, begin: string, _old: string, end: string) => {
    const [name] = /^<[^\s>]+/.exec(begin) ?? [""];
    const field = name.slice(1).replace("instanceID", "deprecatedID");
    return `${begin}${number}${end}<${field}>${former}</${field}>`;
  });
}
