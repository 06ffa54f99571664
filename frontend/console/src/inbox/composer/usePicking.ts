/** What is being picked while somebody writes: a canned reply after a slash, a colleague after an @. */
import type { CannedReply, Colleague } from "@frontdesk/shared";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useColleagues } from "../../api/assigning";
import { useCanned } from "../../api/composing";
import { useSignedIn } from "../../app/me";
import { fitting, slashAt, wordsIn } from "./canned";
import type { Mode } from "./drafts";
import { mentionAt } from "./mentions";
import type { Choice } from "./Picker";

const MOST = 8;

interface Options {
  mode: Mode;
  text: string;
  caret: number;
  locale: string | null;
  /** Put words in the place of what was typed from ``from`` on. */
  replace: (from: number, words: string) => void;
  /** What a canned reply says here. */
  render: (reply: CannedReply) => string;
  onMention: (who: Colleague) => void;
}

export interface Picking {
  choices: Choice[];
  active: number;
  setActive: (at: number) => void;
  pick: (choice: Choice) => void;
  /** Tells whether the key was meant for the list. */
  press: (event: KeyboardEvent) => boolean;
}

export function usePicking({ mode, text, caret, locale, replace, render, onMention }: Options): Picking {
  const { i18n } = useTranslation();
  const me = useSignedIn().staff?.id;
  const canned = useCanned().data ?? [];
  const colleagues = useColleagues().data ?? [];
  const [active, setActive] = useState(0);
  const [put, setPut] = useState<number | null>(null);
  const at = mode === "reply" ? slashAt(text, caret) : mentionAt(text, caret);
  const open = at !== null && at.from !== put;
  const replies = open && mode === "reply" ? fitting(canned, at.query).slice(0, MOST) : [];
  const wanted = at?.query.toLocaleLowerCase() ?? "";
  const people =
    open && mode === "note"
      ? colleagues.filter(({ id, name }) => id !== me && name?.toLocaleLowerCase().includes(wanted)).slice(0, MOST)
      : [];
  const choices: Choice[] = [
    ...replies.map(({ id, shortcut, texts }) => ({
      id,
      title: `/${shortcut}`,
      note: wordsIn(texts, locale, i18n.language),
    })),
    ...people.map(({ id, name }) => ({ id, title: name ?? id })),
  ];
  const marked = Math.min(active, choices.length - 1);
  const pick = (choice: Choice) => {
    const reply = replies.find(({ id }) => id === choice.id);
    const person = people.find(({ id }) => id === choice.id);
    if (!at) return;
    if (reply) replace(at.from, render(reply));
    if (person) {
      onMention(person);
      replace(at.from, `@${person.name ?? ""} `);
    }
    setActive(0);
  };
  const press = (event: KeyboardEvent): boolean => {
    if (choices.length === 0 || event.nativeEvent.isComposing) return false;
    const chosen = choices[marked];
    if (event.key === "ArrowDown") setActive((marked + 1) % choices.length);
    else if (event.key === "ArrowUp") setActive((marked - 1 + choices.length) % choices.length);
    else if (event.key === "Escape") setPut(at?.from ?? null);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen) pick(chosen);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { choices, active: marked, setActive, pick, press };
}
