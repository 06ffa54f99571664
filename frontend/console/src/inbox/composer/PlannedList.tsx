/** What is to be said later in this conversation, and why something was not said when it was due. */
import { Button } from "@mantine/core";
import { CircleAlert, Clock, Paperclip } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type PlannedWords, usePlanned, useUnplan } from "../../api/planned";
import { useNow } from "../../app/clock";
import { useTellProblem } from "../../app/Problem";
import { exactTime, momentOf } from "../../app/time";
import classes from "./Later.module.css";

const REASONS = [
  "opted_out",
  "window_closed",
  "quiet_hours",
  "account_down",
  "never_wrote",
  "too_large",
  "wrong_type",
] as const;

interface Props {
  conversation: string;
  /** Whose words they are is said where they are somebody else's. */
  me: string | null;
  onEdit: (text: string, file: PlannedWords["file"]) => void;
}

export function PlannedList({ conversation, me, onEdit }: Props) {
  const { t } = useTranslation();
  const planned = usePlanned(conversation).data ?? [];
  if (planned.length === 0) return null;
  return (
    <ul className={classes.planned} aria-label={t("later.title")}>
      {planned.map((each) => (
        <Planned key={each.id} planned={each} conversation={conversation} me={me} onEdit={onEdit} />
      ))}
    </ul>
  );
}

function Planned({ planned, conversation, me, onEdit }: Props & { planned: PlannedWords }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const drop = useUnplan(conversation);
  const tell = useTellProblem();
  const { id, text, at, by, refused, file } = planned;
  const reason = refused && (REASONS.find((each) => each === refused) ?? "other");
  const Glyph = refused ? CircleAlert : Clock;
  const takeBack = (after?: () => void) =>
    drop.mutate({ id, keepFile: after !== undefined }, { onError: tell, onSuccess: after });
  return (
    <li data-refused={refused ? true : undefined}>
      <Glyph size={16} aria-hidden="true" />
      <time className={`${classes.when} tabular`} dateTime={at} title={exactTime(at, i18n.language)}>
        {momentOf(at, now, i18n.language)}
      </time>
      {file && (
        <span className={classes.file} title={file.name}>
          <Paperclip size={14} aria-hidden="true" />
          <bdi>{file.name}</bdi>
        </span>
      )}
      <bdi className={classes.words} title={text}>
        {text}
      </bdi>
      {by.id !== me && <bdi className={classes.when}>{by.name}</bdi>}
      <span className={classes.acts}>
        <Button
          size="compact-xs"
          variant="default"
          loading={drop.isPending}
          onClick={() => takeBack(() => onEdit(text, file))}
        >
          {t("later.edit")}
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" disabled={drop.isPending} onClick={() => takeBack()}>
          {t("later.cancel")}
        </Button>
      </span>
      {reason && (
        <span className={classes.why} role="alert">
          {t(`later.why.${reason}`)}
        </span>
      )}
    </li>
  );
}
