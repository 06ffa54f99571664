/** Times as people read them. */
import type { Language, Words } from "./i18n";

/** The visitor's own region of the language, so that the hours are counted as they are used to. */
function regionOf(language: Language): string {
  return navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

export function clock(at: string, language: Language): string {
  return new Date(at).toLocaleTimeString(regionOf(language), { hour: "2-digit", minute: "2-digit" });
}

export function exact(at: string, language: Language): string {
  return new Date(at).toLocaleString(regionOf(language), { dateStyle: "long", timeStyle: "short" });
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
  return date.toLocaleDateString(regionOf(language), { weekday: "long", day: "numeric", month: "long", year });
}
