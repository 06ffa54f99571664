/** Leads as the table shows them. Pure. */
import type { Lead, Pipeline } from "@frontdesk/shared";

export function stageName(pipeline: Pipeline | undefined, key: string): string {
  return pipeline?.stages.find((stage) => stage.key === key)?.name ?? key;
}

export interface ColumnOfBoard {
  key: string;
  name: string;
  leads: Lead[];
}

/** The board's columns: every stage in its order, and those that leads stand in though the pipeline lost them. */
export function boardOf(leads: Lead[], pipeline: Pipeline): ColumnOfBoard[] {
  const known = pipeline.stages.map(({ key, name }) => ({ key, name }));
  const strays = [...new Set(leads.map(({ stage }) => stage))].filter(
    (key) => !known.some((stage) => stage.key === key),
  );
  return [...known, ...strays.sort().map((key) => ({ key, name: key }))].map((stage) => ({
    ...stage,
    leads: leads.filter((lead) => lead.stage === stage.key),
  }));
}

export function money(value: number | null | undefined, currency: string | null | undefined, locale: string): string {
  if (value === null || value === undefined || !currency) return "";
  const maximumFractionDigits = Number.isInteger(value) ? 0 : 2;
  return new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits }).format(value);
}

/** Columns that would stand empty are not shown. */
export function columnsOf(leads: Lead[]): Column[] {
  return COLUMNS.filter((column) => {
    if (column === "owner") return leads.some((lead) => lead.owner);
    if (column === "value") return leads.some((lead) => lead.value);
    if (column === "email") return leads.some((lead) => lead.email);
    if (column === "tags") return leads.some((lead) => lead.tags.length > 0);
    return column !== "fields" || leads.some((lead) => saidBy(lead) !== "");
  });
}

export const COLUMNS = ["name", "phone", "fields", "email", "stage", "owner", "value", "tags", "created"] as const;
export type Column = (typeof COLUMNS)[number];

/** The first things that a lead told, in one line, words before numbers; name and number have columns of their own. */
export function saidBy(lead: Lead): string {
  const known = new Set([lead.name, lead.phone, lead.email]);
  const said = Object.entries(lead.fields)
    .filter(([key, value]) => ["string", "number"].includes(typeof value) && !/(^|_)id$/.test(key))
    .map(([, value]) => String(value))
    .filter((value) => value && !known.has(value));
  const isWord = (value: string) => /^\p{L}/u.test(value);
  return [...said.filter(isWord), ...said.filter((value) => !isWord(value))].slice(0, 3).join(" · ");
}

/** How the numbers of a country are grouped; others stay as they are. */
const GROUPS: Record<string, number[]> = {
  90: [3, 3, 2, 2],
  7: [3, 3, 2, 2],
  1: [3, 3, 4],
  44: [4, 6],
  966: [2, 3, 4],
  971: [2, 3, 4],
};

/** Group a number in E.164, so that it can be read aloud; the exact one stays on the link. */
export function readablePhone(phone: string): string {
  for (const [country, sizes] of Object.entries(GROUPS)) {
    const pattern = new RegExp(`^\\+(${country})${sizes.map((size) => `(\\d{${size}})`).join("")}$`);
    const match = pattern.exec(phone);
    if (match) return `+${match.slice(1).join(" ")}`;
  }
  return phone;
}
