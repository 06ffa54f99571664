/** Leads as the table shows them. Pure. */
import type { Lead } from "@frontdesk/shared";

export function stagesOf(leads: Lead[]): string[] {
  return [...new Set(leads.map((lead) => lead.stage))].sort();
}

export function filterLeads(leads: Lead[], q: string, stage: string | null): Lead[] {
  const wanted = q.trim().toLocaleLowerCase();
  const digits = wanted.replace(/\D/g, "");
  return leads.filter((lead) => {
    if (stage && lead.stage !== stage) return false;
    if (!wanted) return true;
    const words = [lead.name, lead.contact.name, lead.email, ...lead.tags].join(" ").toLocaleLowerCase();
    return words.includes(wanted) || (digits.length > 2 && (lead.phone ?? "").replace(/\D/g, "").includes(digits));
  });
}

/** Columns that would stand empty are not shown. */
export function columnsOf(leads: Lead[]): Column[] {
  return COLUMNS.filter((column) => {
    if (column === "email") return leads.some((lead) => lead.email);
    if (column === "tags") return leads.some((lead) => lead.tags.length > 0);
    return column !== "fields" || leads.some((lead) => saidBy(lead) !== "");
  });
}

export const COLUMNS = ["name", "phone", "fields", "email", "stage", "tags", "created"] as const;
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
