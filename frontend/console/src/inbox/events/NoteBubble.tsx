/** A note of staff in the thread: tinted, and named so that nobody takes it for a message. */
import type { Note } from "@frontdesk/shared";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useSignedIn } from "../../app/me";
import { clockTime, exactTime } from "../../app/time";
import { splitMentions } from "../composer/mentions";
import classes from "./NoteBubble.module.css";

interface Props {
  note: Note;
  /** It was looked for. */
  found?: boolean;
}

export function NoteBubble({ note, found }: Props) {
  const { t, i18n } = useTranslation();
  const { staff } = useSignedIn();
  return (
    <article
      className={classes.note}
      data-entry={note.id}
      data-found={found || undefined}
      tabIndex={found ? -1 : undefined}
    >
      <header>
        <Lock size={14} strokeWidth={2} aria-hidden="true" />
        <span>{t("note.by", { name: note.author_name ?? t("author.api") })}</span>
        <time className="tabular" dateTime={note.created_at} title={exactTime(note.created_at, i18n.language)}>
          {clockTime(note.created_at, i18n.language)}
        </time>
      </header>
      <p dir="auto">
        {splitMentions(note.text, note.mentions).map((span, at) =>
          span.id ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: spans of a fixed text never change places
            <mark key={at} data-me={span.id === staff?.id || undefined}>
              {span.text}
            </mark>
          ) : (
            span.text
          ),
        )}
      </p>
    </article>
  );
}
