import type { ConversationMessage, Delivery } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import {
  Ban,
  Bot,
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  Clock3,
  type LucideIcon,
  Smartphone,
  Waypoints,
} from "lucide-react";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useCancelMessage } from "../api/composing";
import { useResend } from "../api/queries";
import { Avatar } from "../app/Avatar";
import { useTellProblem } from "../app/Problem";
import { clockTime, exactTime } from "../app/time";
import { Around, hasContext } from "./context/lazy";
import classes from "./MessageBubble.module.css";
import { PartView } from "./PartView";
import { useWhyLost } from "./undelivered/useWhyLost";
import type { Why } from "./why/useWhy";

const DELIVERY: Record<Delivery, LucideIcon | null> = {
  queued: Clock3,
  sending: Clock3,
  unknown: CircleHelp,
  accepted: Check,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  cancelled: Ban,
  received: null,
};

interface Props {
  /** The conversation's id. */
  conversation: string;
  message: ConversationMessage;
  /** The customer's name, where it is known. */
  contact: string | null;
  /** What to call the customer. */
  label: string;
  starts: boolean;
  ends: boolean;
  why: Why;
  /** It was looked for. */
  found?: boolean;
}

export function MessageBubble({ conversation, message, contact, label, starts, ends, why, found }: Props) {
  const { t, i18n } = useTranslation();
  const { author, delivery, parts } = message;
  const theirs = author === "contact";
  const name = theirs ? label : (message.author_name ?? t(`author.${author}`));
  const failed = delivery === "failed";
  const whyLost = useWhyLost();
  const turn = (author === "agent" || author === "system") && ends ? message.turn_id : null;
  const lost = !theirs && (failed || delivery === "unknown");
  return (
    <article
      className={classes.row}
      data-author={author}
      data-theirs={theirs || undefined}
      data-starts={starts || undefined}
      data-ends={ends || undefined}
      data-entry={message.id}
      data-found={found || undefined}
      tabIndex={found ? -1 : undefined}
      data-unsent={delivery === "cancelled" || undefined}
    >
      <span className={classes.face} aria-hidden="true">
        {ends && <Face message={message} name={theirs ? contact : name} />}
      </span>
      <div className={classes.body}>
        <span className={starts && !theirs ? classes.name : "sr"}>
          <bdi>{name}</bdi>
        </span>
        {hasContext(message) && (
          <Suspense fallback={null}>
            <Around conversation={conversation} message={message} label={label} />
          </Suspense>
        )}
        {(parts.length > 0 ? parts : [{ kind: "text" as const, text: message.text }]).map((part, at) => (
          <PartView
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message never change places
            key={at}
            part={part}
            bubble={classes.bubble ?? ""}
            file={
              theirs || (part.kind === "media" && part.file)
                ? `conversations/${conversation}/messages/${message.id}/media/${at}`
                : undefined
            }
          />
        ))}
        <span
          className={classes.meta}
          data-always={ends || lost || delivery === "cancelled" || delivery === "sending" || undefined}
          data-delivery={delivery}
        >
          {failed && <strong>{t("delivery.failed")}</strong>}
          {delivery === "cancelled" && <span>{t("delivery.cancelled")}</span>}
          {failed && message.reason && <bdi className={classes.reason}>{whyLost({ reason: message.reason })}</bdi>}
          <time className="tabular" dateTime={message.event_at} title={exactTime(message.event_at, i18n.language)}>
            {clockTime(message.event_at, i18n.language)}
          </time>
          <Tick delivery={delivery} />
          {turn && (
            <button
              type="button"
              className={classes.why}
              aria-pressed={why.turn === turn}
              onClick={() => why.toggle(turn)}
            >
              <Waypoints size={14} strokeWidth={2} aria-hidden="true" />
              {t("why.open")}
            </button>
          )}
          {author === "staff" && delivery === "queued" && <TakeBack conversation={conversation} message={message.id} />}
          {lost && <SendAgain conversation={conversation} message={message.id} />}
        </span>
      </div>
    </article>
  );
}

function SendAgain({ conversation, message }: { conversation: string; message: string }) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const resend = useResend(conversation);
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      loading={resend.isPending}
      onClick={() => resend.mutate(message, { onError: tell })}
    >
      {t("delivery.again")}
    </Button>
  );
}

function TakeBack({ conversation, message }: { conversation: string; message: string }) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const cancel = useCancelMessage(conversation);
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      loading={cancel.isPending}
      onClick={() => cancel.mutate(message, { onError: tell })}
    >
      {t("compose.undo")}
    </Button>
  );
}

function Face({ message, name }: { message: ConversationMessage; name: string | null }) {
  if (["agent", "api", "system"].includes(message.author)) return <Bot size={16} className={classes.bot} />;
  if (message.author === "app") return <Smartphone size={16} className={classes.bot} />;
  return <Avatar name={name} size={26} />;
}

function Tick({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation();
  const Icon = DELIVERY[delivery];
  if (!Icon) return null;
  const word = t(`delivery.${delivery}`);
  return (
    <span role="img" aria-label={word} title={word} className={classes.tick}>
      <Icon size={14} strokeWidth={2} />
    </span>
  );
}
