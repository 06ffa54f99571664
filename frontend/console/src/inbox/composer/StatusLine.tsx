/** What is to be known before sending: who writes too, whether it may go out and for how long, whose it becomes. */
import type { Alternative, ConversationDetail } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { Braces, CircleAlert, Clock3, Eye, Hand, Lock, PenLine, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { exactTime } from "../../app/time";
import classes from "../Composer.module.css";
import type { Holder } from "../owner";
import { formatDuration, type WindowState } from "../window";
import type { Mode } from "./drafts";
import type { Presence } from "./usePresence";

interface Props {
  conversation: ConversationDetail;
  holder: Holder;
  mode: Mode;
  state: WindowState;
  until: string | null;
  unfilled: string | null;
  presence: Presence;
  /** They were about to send over a colleague who writes. */
  asked: boolean;
  onSendAnyway: () => void;
}

export function StatusLine(props: Props) {
  const { mode, state, until } = props;
  return (
    <>
      <span className={classes.said} role="status">
        <First {...props} />
      </span>
      {mode === "reply" && state.kind === "open" && (
        <Countdown leftMs={state.leftMs} urgent={state.urgent} tagged={state.tagged} until={until ?? ""} />
      )}
    </>
  );
}

/** The one thing that matters most just now. */
function First({ conversation, holder, mode, state, unfilled, presence, asked, onSendAnyway }: Props) {
  const { t, i18n } = useTranslation();
  const names = (who: string[]) => new Intl.ListFormat(i18n.language).format(who);
  if (mode === "reply" && state.kind === "closed") {
    return <Refusal reason={state.reason} alternatives={state.alternatives} />;
  }
  if (presence.typing.length > 0) {
    return (
      <span className={classes.typing}>
        <PenLine size={14} aria-hidden="true" />
        {t(asked ? "compose.sendOver" : "compose.typing", { name: names(presence.typing) })}
        {asked && (
          <Button size="compact-xs" variant="light" onClick={onSendAnyway}>
            {t("compose.sendAnyway")}
          </Button>
        )}
      </span>
    );
  }
  if (unfilled) {
    return (
      <span className={classes.urgent}>
        <Braces size={14} aria-hidden="true" />
        {t("compose.unfilled", { name: unfilled })}
      </span>
    );
  }
  if (presence.viewing.length > 0) {
    return (
      <span>
        <Eye size={14} aria-hidden="true" />
        {t("compose.viewing", { name: names(presence.viewing) })}
      </span>
    );
  }
  if (mode === "note") {
    return (
      <span>
        <Lock size={14} aria-hidden="true" />
        {t("compose.private")}
      </span>
    );
  }
  return <OwnerLine holder={holder} name={conversation.owner_name} resolved={conversation.status === "resolved"} />;
}

function OwnerLine({ holder, name, resolved }: { holder: Holder; name: string | null; resolved: boolean }) {
  const { t } = useTranslation();
  if (resolved) return <span>{t("composer.resolvedNote")}</span>;
  if (holder === "me") return null;
  const takes =
    holder === "agent"
      ? t("composer.takes")
      : holder === "colleague" && name
        ? t("composer.takesFrom", { name })
        : t("composer.takesNobody");
  return (
    <span>
      <Hand size={14} aria-hidden="true" />
      {takes}
    </span>
  );
}

interface CountdownProps {
  leftMs: number;
  urgent: boolean;
  tagged: boolean;
  until: string;
}

function Countdown({ leftMs, urgent, tagged, until }: CountdownProps) {
  const { t, i18n } = useTranslation();
  return (
    <span
      className={urgent ? `${classes.left} ${classes.urgent}` : classes.left}
      title={t("composer.until", { at: exactTime(until, i18n.language) })}
    >
      {tagged ? <UserCheck size={14} aria-hidden="true" /> : <Clock3 size={14} aria-hidden="true" />}
      {tagged && `${t("composer.tagged")} · `}
      {t("composer.left", { time: formatDuration(leftMs, i18n.language) })}
    </span>
  );
}

const REASONS = [
  "window_closed",
  "never_wrote",
  "opted_out",
  "quiet_hours",
  "account_down",
  "not_owner",
  "too_long",
  "empty",
  "unsupported",
] as const;

function Refusal({ reason, alternatives }: { reason: string; alternatives: Alternative[] }) {
  const { t, i18n } = useTranslation();
  const known = REASONS.find((name) => name === reason) ?? "unsupported";
  const instead = alternatives.map(({ kind, at }) =>
    t(`instead.${kind}`, { at: at ? exactTime(at, i18n.language) : "" }),
  );
  return (
    <span className={classes.refusal}>
      <CircleAlert size={14} aria-hidden="true" />
      <strong>{t(`refusal.${known}`)}</strong> {instead.length > 0 ? instead.join(" ") : t("instead.none")}
    </span>
  );
}
