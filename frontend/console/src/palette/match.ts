/** Finds by any word that begins with what was typed, whatever its case and accents. */

export function foldWords(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ı", "i").replaceAll("ё", "е");
}

/** Return the items that have every typed word at the beginning of one of theirs; all where nothing is typed. */
export function pick<T extends { label: string; more?: string }>(items: readonly T[], typed: string): T[] {
  const wanted = foldWords(typed).split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const words = foldWords(`${item.label} ${item.more ?? ""}`).split(/[\s:·,/()-]+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  });
}
