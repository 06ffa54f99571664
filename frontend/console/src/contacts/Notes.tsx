import type { Profile } from "@frontdesk/shared";
import { Button, TagsInput, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTellProblem } from "../app/Problem";
import { dateTime } from "../app/time";
import { Block } from "../settings/Block";
import classes from "./Contacts.module.css";
import { useAddNote, useSetTags } from "./queries";

export function Tags({ id, tags }: { id: string; tags: string[] }) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const save = useSetTags(id);
  const [shown, setShown] = useState(tags);
  return (
    <Block title={t("leads.tags")}>
      <div className={classes.body}>
        <TagsInput
          aria-label={t("leads.tags")}
          placeholder={t("contacts.addTag")}
          maxTags={50}
          value={shown}
          onChange={(next) => {
            setShown(next);
            save.mutate(next, {
              onError: (error) => {
                setShown(tags);
                tell(error);
              },
            });
          }}
        />
      </div>
    </Block>
  );
}

interface NotesProps {
  profile: Profile;
  /** The one that was looked for. */
  at: string | null;
}

export function Notes({ profile, at }: NotesProps) {
  const { t, i18n } = useTranslation();
  const tell = useTellProblem();
  const add = useAddNote(profile.id);
  const [text, setText] = useState("");
  const found = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each place is gone to once
  useEffect(() => {
    found.current?.scrollIntoView({ block: "center" });
    found.current?.focus({ preventScroll: true });
  }, [at]);
  return (
    <Block title={t("contacts.notes")} text={t("contacts.notesText")}>
      <div className={classes.body}>
        {profile.notes.map((note) => (
          <article
            key={note.id}
            className={classes.note}
            ref={note.id === at ? found : undefined}
            data-found={note.id === at || undefined}
            tabIndex={note.id === at ? -1 : undefined}
          >
            <bdi>{note.text}</bdi>
            <footer>
              {note.author_name && (
                <>
                  <bdi>{note.author_name}</bdi> ·{" "}
                </>
              )}
              <bdi>{dateTime(note.created_at, i18n.language)}</bdi>
            </footer>
          </article>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate(text.trim(), { onError: tell, onSuccess: () => setText("") });
          }}
        >
          <Textarea
            aria-label={t("contacts.notes")}
            placeholder={t("contacts.addNote")}
            autosize
            minRows={2}
            maxRows={8}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {text.trim() && (
            <Button type="submit" size="xs" mt={8} loading={add.isPending}>
              {t("settings.save")}
            </Button>
          )}
        </form>
      </div>
    </Block>
  );
}
