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

/** +90 532 555 01 44: grouped from the end, enough to read aloud; the exact number stays on the link. */
export function readablePhone(phone: string): string {
  const match = /^\+(7|1|\d{2,3}?)(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone);
  return match ? `+${match.slice(1).join(" ")}` : phone;
}
