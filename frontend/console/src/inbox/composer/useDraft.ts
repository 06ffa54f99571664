/** The words in the field, one draft for each mode, kept until they are sent. */
import { useEffect, useState } from "react";
import { loadDraft, type Mode, saveDraft, sweepDrafts } from "./drafts";

export interface Draft {
  text: string;
  /** Change the words, and keep them. */
  set: (text: string) => void;
  /** Change what stands in the field alone: what is being sent stays kept until it was. */
  show: (text: string) => void;
}

export function useDraft(staff: string, conversation: string, mode: Mode): Draft {
  const [texts, setTexts] = useState<Record<Mode, string>>(() => ({
    reply: loadDraft(staff, conversation, "reply"),
    note: loadDraft(staff, conversation, "note"),
  }));
  useEffect(() => sweepDrafts(), []);
  const show = (text: string) => setTexts((before) => ({ ...before, [mode]: text }));
  return {
    text: texts[mode],
    show,
    set: (text) => {
      show(text);
      saveDraft(staff, conversation, mode, text);
    },
  };
}
