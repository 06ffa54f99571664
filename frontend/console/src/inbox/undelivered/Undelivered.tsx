/** Conversations with messages that did not arrive: why, and the two ways on. */
import type { Undelivered as Lost } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { CheckCheck, CircleAlert, CircleHelp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useDismiss, useUndelivered } from "../../api/assigning";
import { useResend } from "../../api/queries";
import { ChannelGlyph } from "../../app/ChannelGlyph";
import { useNow } from "../../app/clock";
import { useContactName } from "../../app/contact";
import { EmptyState } from "../../app/EmptyState";
import { ProblemState, useTellProblem } from "../../app/Problem";
import { exactTime, shortAgo } from "../../app/time";
import { placeOf } from "../../search/places";
import { RowsSkeleton } from "../ConversationListRows";
import { byConversation } from "./group";
import classes from "./Undelivered.module.css";
import { useWhyLost } from "./useWhyLost";

export function Undelivered({ openId }: { openId: string | null }) {
  const { t } = useTranslation();
  const lost = useUndelivered();
  const talks = byConversation(lost.data?.pages.flatMap(({ items }) => items) ?? []);
  if (lost.isPending) return <RowsSkeleton count={3} />;
  if (lost.isError && talks.length === 0) return <ProblemState error={lost.error} onRetry={() => lost.refetch()} />;
  if (talks.length === 0) {
    return <EmptyState icon={CheckCheck} title={t("assign.lost.empty")} text={t("assign.lost.emptyText")} />;
  }
  return (
    <div className={classes.scroll}>
      <ul className={classes.talks} aria-label={t("assign.undelivered")}>
        {talks.map((messages) => (
          <Talk key={messages[0].conversation_id} messages={messages} openId={openId} />
        ))}
      </ul>
      {lost.hasNextPage && (
        <Button variant="subtle" fullWidth loading={lost.isFetchingNextPage} onClick={() => void lost.fetchNextPage()}>
          {t("assign.lost.more")}
        </Button>
      )}
    </div>
  );
}

function Talk({ messages, openId }: { messages: [Lost, ...Lost[]]; openId: string | null }) {
  const [first] = messages;
  const name = useContactName()(first.contact, first.channel);
  return (
    <li className={classes.talk}>
      <Link
        to={placeOf(first.conversation_id, first.message_id)}
        className={classes.name}
        aria-current={openId === first.conversation_id ? "true" : undefined}
      >
        <ChannelGlyph channel={first.channel} size={16} />
        <bdi>{name}</bdi>
      </Link>
      <ul className={classes.messages}>
        {messages.map((message) => (
          <Message key={message.message_id} message={message} />
        ))}
      </ul>
    </li>
  );
}

function Message({ message }: { message: Lost }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const tell = useTellProblem();
  const resend = useResend(message.conversation_id);
  const dismiss = useDismiss();
  const whyLost = useWhyLost();
  const { state, at, text } = message;
  const Icon = state === "failed" ? CircleAlert : CircleHelp;
  return (
    <li className={classes.message}>
      <p className={classes.state} data-state={state}>
        <Icon size={14} aria-hidden="true" />
        <span>{t(`assign.lost.${state}`)}</span>
        <time className="tabular" dateTime={at} title={exactTime(at, i18n.language)}>
          {shortAgo(at, now, i18n.language)}
        </time>
      </p>
      <Link to={placeOf(message.conversation_id, message.message_id)} className={classes.words} dir="auto">
        {text}
      </Link>
      <p className={classes.reason}>{whyLost(message)}</p>
      <div className={classes.acts}>
        <Button
          size="compact-sm"
          variant="light"
          loading={resend.isPending}
          onClick={() =>
            resend.mutate(message.message_id, {
              onError: tell,
              onSuccess: () => notifications.show({ message: t("assign.lost.sentAgain") }),
            })
          }
        >
          {t("assign.lost.again")}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate(message, { onError: tell })}
        >
          {t("assign.lost.done")}
        </Button>
      </div>
    </li>
  );
}
