/** Times as people read them. */
import type { Language, Words } from "./i18n";

export function clock(at: string, language: Language): string {
  return new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function exact(at: string, language: Language): string {
  return new Date(at).toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
}

export function dayKey(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function dayLabel(at: string, now: Date, language: Language, words: Words): string {
  const key = dayKey(at);
  if (key === dayKey(now.toISOString())) return words.today;
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  if (key === dayKey(before.toISOString())) return words.yesterday;
  const date = new Date(at);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", year });
}
