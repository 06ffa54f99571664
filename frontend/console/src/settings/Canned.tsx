/** Canned replies: what staff call up with a slash. Everybody reads them, administrators change them. */
import type { CannedReply } from "@frontdesk/shared";
import { ActionIcon, Button, Select, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { MessageSquareText, Pencil, Plus, Trash2 } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CannedDraft, useCanned, useDeleteCanned, useSaveCanned } from "../api/composing";
import { ProblemError } from "../api/http";
import { Dialog } from "../app/Dialog";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { ProblemState, useTellProblem } from "../app/Problem";
import { LANGUAGES } from "../i18n";
import { wordsIn } from "../inbox/composer/canned";
import { Block } from "./Block";
import classes from "./Canned.module.css";

const VARIABLES = ["contact.name", "contact.first_name", "staff.name", "business.name", "channel"];

export function Canned() {
  const { t, i18n } = useTranslation();
  const { role } = useSignedIn();
  const query = useCanned();
  const drop = useDeleteCanned();
  const save = useSaveCanned();
  const tell = useTellProblem();
  const [draft, setDraft] = useState<CannedDraft | null>(null);
  const may = role === "owner" || role === "admin";
  const begin = () => setDraft({ id: null, shortcut: "", texts: { [i18n.language]: "" } });
  const remove = ({ id, shortcut, texts }: CannedReply) => {
    drop.mutate(id, {
      onError: tell,
      onSuccess: () => {
        const undo = () => save.mutate({ id: null, shortcut, texts }, { onError: tell });
        notifications.show({
          message: (
            <span className={classes.undo}>
              {t("cannedPage.deleted", { shortcut })}
              <Button size="compact-sm" variant="light" onClick={undo}>
                {t("compose.undo")}
              </Button>
            </span>
          ),
          color: "accent",
          withBorder: true,
        });
      },
    });
  };
  const add = may && (
    <Button leftSection={<Plus size={16} />} onClick={begin}>
      {t("cannedPage.add")}
    </Button>
  );
  return (
    <Block
      title={t("cannedPage.title")}
      text={t("cannedPage.intro")}
      actions={query.data && query.data.length > 0 ? add : null}
    >
      {query.isError && <ProblemState error={query.error} onRetry={() => query.refetch()} />}
      {query.data?.length === 0 && (
        <EmptyState
          icon={MessageSquareText}
          title={t("cannedPage.emptyTitle")}
          text={t("cannedPage.emptyText")}
          action={add || undefined}
        />
      )}
      <ul className={classes.list}>
        {query.data?.map((reply) => (
          <li key={reply.id}>
            <code>/{reply.shortcut}</code>
            <p dir="auto">{wordsIn(reply.texts, i18n.language)}</p>
            <small>{Object.keys(reply.texts).join(" · ")}</small>
            {may && (
              <span className={classes.actions}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={32}
                  aria-label={`${t("cannedPage.edit")}: /${reply.shortcut}`}
                  onClick={() => setDraft({ id: reply.id, shortcut: reply.shortcut, texts: reply.texts })}
                >
                  <Pencil size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={32}
                  aria-label={`${t("cannedPage.delete")}: /${reply.shortcut}`}
                  onClick={() => remove(reply)}
                >
                  <Trash2 size={16} />
                </ActionIcon>
              </span>
            )}
          </li>
        ))}
      </ul>
      {draft && <Editor key={draft.id} draft={draft} onClose={() => setDraft(null)} />}
    </Block>
  );
}

function Editor({ draft, onClose }: { draft: CannedDraft; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveCanned();
  const tell = useTellProblem();
  const [shortcut, setShortcut] = useState(draft.shortcut);
  const [texts, setTexts] = useState(draft.texts);
  const [taken, setTaken] = useState(false);
  const free = Object.entries(LANGUAGES).filter(([language]) => !(language in texts));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = Object.fromEntries(Object.entries(texts).filter(([, words]) => words.trim()));
    save.mutate(
      { id: draft.id, shortcut: shortcut.trim().toLowerCase(), texts: said },
      {
        onSuccess: onClose,
        onError: (error) => {
          if (error instanceof ProblemError && error.problem.reason === "shortcut_taken") setTaken(true);
          else tell(error);
        },
      },
    );
  };
  return (
    <Dialog opened onClose={onClose} title={t(draft.id ? "cannedPage.edit" : "cannedPage.add")} size="lg">
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t("cannedPage.shortcut")}
          description={t("cannedPage.shortcutHint")}
          leftSection="/"
          required
          withAsterisk={false}
          data-autofocus
          maxLength={40}
          pattern="[\p{L}\p{N}_\-]+"
          value={shortcut}
          error={taken ? t("cannedPage.taken") : null}
          onChange={(event) => {
            setTaken(false);
            setShortcut(event.currentTarget.value);
          }}
        />
        {Object.entries(texts).map(([language, words]) => (
          <Textarea
            key={language}
            label={LANGUAGES[language as keyof typeof LANGUAGES] ?? language}
            lang={language}
            autosize
            minRows={2}
            maxRows={10}
            maxLength={4000}
            required={Object.keys(texts).length === 1}
            withAsterisk={false}
            value={words}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTexts((before) => ({ ...before, [language]: value }));
            }}
          />
        ))}
        {free.length > 0 && (
          <Select
            label={t("cannedPage.addLanguage")}
            data={free.map(([value, label]) => ({ value, label }))}
            value={null}
            onChange={(language) => language && setTexts((before) => ({ ...before, [language]: "" }))}
          />
        )}
        <p className={classes.variables}>
          {t("cannedPage.variables")}{" "}
          {VARIABLES.map((name) => (
            <code key={name} dir="ltr">{`{{${name}}}`}</code>
          ))}
        </p>
        <Button type="submit" loading={save.isPending}>
          {t("cannedPage.save")}
        </Button>
      </form>
    </Dialog>
  );
}
