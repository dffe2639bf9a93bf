/** Tables as text: commas, quotes and line ends as RFC 4180 has them. */

/** The rows of a CSV text, the header among them; a byte-order mark and a last empty line are left away. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at] ?? "";
    if (quoted) {
      if (letter !== '"') {
        cell += letter;
      } else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else {
        quoted = false;
      }
    } else if (letter === '"') {
      quoted = true;
    } else if (letter === ",") {
      row.push(cell);
      cell = "";
    } else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && source[at + 1] === "\n") {
        at += 1;
      }
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else {
      cell += letter;
    }
  }
  if (cell || row.length) {
    rows.push([...row, cell]);
  }
  return rows.filter((one) => one.length > 1 || one[0] !== "");
}

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map(quote).join(",")).join("\n") + "\n";

/** A table by the names of its columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

export function readTable(text: string): Table {
  const [columns = [], ...rows] = readCsv(text);
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ""]))) };
}

export const writeTable = ({ columns, rows }: Table): string =>
  writeCsv([columns, ...rows.map((row) => columns.map((name) => row[name] ?? ""))]);
