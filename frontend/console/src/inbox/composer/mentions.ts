/** Colleagues called in a note: `@Name` as it was picked. Pure. */

interface Person {
  id: string;
  name: string | null;
}

/** The words that follow an `@` just before the caret, where somebody is being picked; null elsewhere. */
export function mentionAt(text: string, caret: number): { from: number; query: string } | null {
  const found = /(?:^|\s)@([^\s@]{0,40})$/u.exec(text.slice(0, caret));
  return found ? { from: caret - (found[1]?.length ?? 0) - 1, query: found[1] ?? "" } : null;
}

/** Who of those known is still called in the text: a name that was deleted again calls nobody. */
export function mentioned(text: string, people: readonly Person[]): string[] {
  return people.filter(({ name }) => name && text.includes(`@${name}`)).map(({ id }) => id);
}

/** The text in pieces; those that call somebody say whom. */
export function splitMentions(text: string, people: readonly Person[]): { text: string; id: string | null }[] {
  const called = people
    .flatMap(({ id, name }) => (name ? [{ id, word: `@${name}` }] : []))
    .sort((a, b) => b.word.length - a.word.length);
  const pieces: { text: string; id: string | null }[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = called.find(({ word }) => text.startsWith(word, at));
    if (!found) {
      plain += text[at++];
      continue;
    }
    if (plain) pieces.push({ text: plain, id: null });
    plain = "";
    pieces.push({ text: found.word, id: found.id });
    at += found.word.length;
  }
  return plain ? [...pieces, { text: plain, id: null }] : pieces;
}
