/** Texts as a table for translators: one row per text, named by its JSON pointer. Pure. */
import type { FlowDocument } from "../../document";
import { textsOf, withText } from "./texts";

/** A spreadsheet would run a cell that begins like this. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(text: string): string {
  const safe = FORMULA.test(text) || text.startsWith("'") ? `'${text}` : text;
  return /[",;\n\r\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const plain = (text: string): string => (text.startsWith("'") ? text.slice(1) : text);

/** With a byte order mark: spreadsheets take it for UTF-8 then. */
export function toCsv(flow: FlowDocument): string {
  const locales = [...new Set([flow.locales.default, ...flow.locales.supported])];
  const rows = textsOf(flow).map(({ pointer, text }) => [pointer, ...locales.map((locale) => text[locale] ?? "")]);
  return `\ufeff${[["pointer", ...locales], ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function parseCsv(text: string): string[][] {
  const body = text.replace(/^\ufeff/, "");
  const first = body.slice(0, body.search(/[\r\n]|$/));
  const comma = [",", ";", "\t"].reduce((best, each) =>
    first.split(each).length > first.split(best).length ? each : best,
  );
  const rows: string[][] = [];
  const row: string[] = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const letter = body[at];
    if (quoted) {
      if (letter !== '"') value += letter;
      else if (body[at + 1] === '"') value += body[++at];
      else quoted = false;
    } else if (letter === '"' && value === "") quoted = true;
    else if (letter === comma || letter === "\n") {
      row.push(value);
      value = "";
      if (letter === "\n") rows.push(row.splice(0));
    } else if (letter !== "\r") value += letter;
  }
  if (value || row.length > 0) rows.push([...row, value]);
  return rows.filter((each) => each.some((one) => one !== ""));
}

export interface Imported {
  flow: FlowDocument;
  changed: number;
  /** Rows of texts that the document does not have. */
  unknown: readonly string[];
  /** Columns of languages that the document does not have. */
  strange: readonly string[];
  /** The file has no `pointer` column. */
  unreadable: boolean;
}

/** Only words of texts that exist are taken, in languages the flow has; an empty cell changes nothing. */
export function fromCsv(flow: FlowDocument, text: string): Imported {
  const [head = [], ...rows] = parseCsv(text);
  const names = head.map((name) => name.trim());
  const at = names.indexOf("pointer");
  const strange = names.filter((name, place) => place !== at && name && !flow.locales.supported.includes(name));
  if (at < 0) return { flow, changed: 0, unknown: [], strange: [], unreadable: true };
  const known = new Map(textsOf(flow).map((found) => [found.pointer, found]));
  const unknown: string[] = [];
  let made = flow;
  let changed = 0;
  // The source first: translations of the same row are of its new wording.
  const columns = names
    .map((locale, place) => ({ locale, place }))
    .filter(({ locale }) => flow.locales.supported.includes(locale))
    .sort((one, other) => Number(other.locale === flow.locales.default) - Number(one.locale === flow.locales.default));
  for (const row of rows) {
    const pointer = row[at] ?? "";
    const found = known.get(pointer);
    if (!found) {
      unknown.push(pointer);
      continue;
    }
    for (const { locale, place } of columns) {
      const words = plain(row[place] ?? "");
      if (!words || words === (found.text[locale] ?? "")) continue;
      made = withText(made, found.path, locale, words);
      changed++;
    }
  }
  return { flow: made, changed, unknown, strange, unreadable: false };
}
