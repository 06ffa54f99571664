/** Where staff write; what the provider would refuse is not offered, and the line above says what is. */
import type { Alternative, ConversationDetail, SendVerdict } from "@frontdesk/shared";
import { ActionIcon, Textarea } from "@mantine/core";
import { ArrowUp, CircleAlert, Clock3, Hand, UserCheck } from "lucide-react";
import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { useReply } from "../api/queries";
import { useNow } from "../app/clock";
import { newKey } from "../app/keys";
import { useSignedIn } from "../app/me";
import { useTellProblem } from "../app/Problem";
import { exactTime } from "../app/time";
import classes from "./Composer.module.css";
import type { Holder } from "./owner";
import { formatDuration, windowState } from "./window";

export interface ComposerHandle {
  focus: () => void;
  fill: (text: string) => void;
}

interface Props {
  conversation: ConversationDetail;
  holder: Holder;
  ref: Ref<ComposerHandle>;
}

export function Composer({ conversation, holder, ref }: Props) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const now = useNow();
  const tell = useTellProblem();
  const reply = useReply(conversation.id, me.staff?.name ?? null);
  const [text, setText] = useState("");
  const [refused, setRefused] = useState<SendVerdict | null>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus(),
    fill: (words) => {
      setText(words);
      input.current?.focus();
    },
  }));

  const verdict = refused ?? conversation.can_send;
  const state = windowState(verdict, now);
  const closed = state.kind === "closed";
  const send = () => {
    const words = text.trim();
    if (!words || closed || reply.isPending) return;
    setText("");
    reply.mutate(
      { text: words, key: newKey() },
      {
        onError: (error) => {
          setText((typed) => typed || words);
          if (error instanceof ProblemError && error.code === "send_refused") setRefused(asVerdict(error));
          else tell(error);
        },
      },
    );
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <footer className={classes.foot}>
      <div className={classes.line} role="status">
        {closed ? (
          <Refusal reason={state.reason} alternatives={state.alternatives} />
        ) : (
          <OwnerLine holder={holder} name={conversation.owner_name} resolved={conversation.status === "resolved"} />
        )}
        {state.kind === "open" && (
          <Countdown leftMs={state.leftMs} urgent={state.urgent} tagged={state.tagged} until={verdict.until ?? ""} />
        )}
      </div>
      <div className={classes.field} data-closed={closed || undefined}>
        <Textarea
          ref={input}
          className={classes.input}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          dir={text ? "auto" : undefined}
          value={text}
          disabled={closed}
          placeholder={t("composer.placeholder")}
          aria-label={t("composer.label")}
          title={t("composer.hint")}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={press}
        />
        <ActionIcon
          size={36}
          radius="xl"
          disabled={closed || !text.trim()}
          onClick={send}
          aria-label={t("composer.send")}
          title={t("composer.send")}
        >
          <ArrowUp size={18} />
        </ActionIcon>
      </div>
    </footer>
  );
}

function OwnerLine({ holder, name, resolved }: { holder: Holder; name: string | null; resolved: boolean }) {
  const { t } = useTranslation();
  if (resolved) return <span>{t("composer.resolvedNote")}</span>;
  if (holder === "me") return <span />;
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

function Countdown({
  leftMs,
  urgent,
  tagged,
  until,
}: {
  leftMs: number;
  urgent: boolean;
  tagged: boolean;
  until: string;
}) {
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

function asVerdict(error: ProblemError): SendVerdict {
  const found = (error.problem.verdict ?? {}) as Partial<SendVerdict>;
  return {
    allowed: false,
    reason: found.reason ?? null,
    until: null,
    alternatives: found.alternatives ?? [],
    tag: null,
  };
}
