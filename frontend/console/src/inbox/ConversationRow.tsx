/** One conversation in the list: from where, who, how long they wait, in which language, the last words, who holds it. */
import type { ConversationItem } from "@frontdesk/shared";
import { AlarmClock, CircleCheck, Hourglass, Moon } from "lucide-react";
import { memo, type PointerEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useContactName } from "../app/contact";
import { exactTime, momentOf, shortAgo } from "../app/time";
import classes from "./ConversationRow.module.css";
import { OwnerMark } from "./OwnerMark";
import { useReason } from "./reason";
import { isRunning, waitingSince } from "./waits";

const LOW = 62;
const HIGH = 84;
const LABELS = 3;
const LINGER_MS = 90;

/** A third line says why somebody waits, until when it is put aside, and which labels it has. */
export function heightOf(item: ConversationItem): number {
  return item.handoff?.state === "waiting" || item.labels.length > 0 || item.status === "snoozed" ? HIGH : LOW;
}

interface Props {
  item: ConversationItem;
  top: number;
  place: number;
  of: number;
  open: boolean;
  chosen: boolean;
  choosing: boolean;
  reachable: boolean;
  now: number;
  onOpen: () => void;
  onFocus: () => void;
  onToggle: (far: boolean) => void;
  onNear: () => void;
}

export const ConversationRow = memo(Row, (before, after) =>
  (["item", "top", "place", "of", "open", "chosen", "choosing", "reachable", "now"] as const).every(
    (name) => before[name] === after[name],
  ),
);

function Row(props: Props) {
  const { item, open, chosen, choosing, onToggle } = props;
  const { t } = useTranslation();
  const name = useContactName()(item.contact, item.channel);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const linger = (event: PointerEvent) => {
    clearTimeout(timer.current);
    if (event.type === "pointerenter" && event.pointerType === "mouse")
      timer.current = setTimeout(props.onNear, LINGER_MS);
  };
  return (
    <li
      className={classes.item}
      style={{ top: props.top, height: heightOf(item) }}
      aria-setsize={props.of}
      aria-posinset={props.place}
      data-chosen={chosen || undefined}
      data-choosing={choosing || undefined}
      onPointerEnter={linger}
      onPointerLeave={linger}
    >
      <a
        href={`#/inbox/${item.id}`}
        data-id={item.id}
        className={classes.row}
        tabIndex={props.reachable ? 0 : -1}
        aria-current={open ? "true" : undefined}
        data-unread={item.unread > 0 || undefined}
        onFocus={props.onFocus}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          if (event.shiftKey) onToggle(true);
          else props.onOpen();
        }}
      >
        <span className={classes.face}>
          <Avatar name={item.contact.name} size={36} />
          <span className={classes.channel}>
            <ChannelGlyph channel={item.channel} size={16} />
          </span>
        </span>
        <span className={classes.text}>
          <TopLine {...props} name={name} />
          <LastLine item={item} />
          {heightOf(item) === HIGH && <ThirdLine item={item} now={props.now} />}
        </span>
      </a>
      <label className={classes.choose}>
        <input
          type="checkbox"
          checked={chosen}
          tabIndex={-1}
          aria-label={t("queue.choose", { name })}
          onChange={(event) => onToggle((event.nativeEvent as MouseEvent).shiftKey ?? false)}
        />
      </label>
    </li>
  );
}

function TopLine({ item, name, now }: Pick<Props, "item" | "now"> & { name: string }) {
  const { t, i18n } = useTranslation();
  const since = waitingSince(item, now);
  const last = item.last_message;
  const stands = since !== null && item.waiting && !isRunning(item.waiting, now);
  return (
    <span className={classes.top}>
      <bdi className={classes.name}>{name}</bdi>
      {item.locale && (
        <span className={classes.lang} title={languageName(item.locale, i18n.language)}>
          {item.locale.split("-")[0]?.toUpperCase()}
        </span>
      )}
      {since ? (
        <time
          className={`${classes.waits} tabular`}
          dateTime={since}
          title={[t("queue.since", { at: exactTime(since, i18n.language) }), stands && t("assign.frozen")]
            .filter(Boolean)
            .join(". ")}
          data-late={item.handoff?.escalated_at ? true : undefined}
        >
          {stands ? <Moon size={12} aria-hidden="true" /> : <Hourglass size={12} aria-hidden="true" />}
          <span className="sr">{t("queue.waits")} </span>
          {shortAgo(since, now, i18n.language)}
        </time>
      ) : (
        last && (
          <time className={`${classes.time} tabular`} dateTime={last.at} title={exactTime(last.at, i18n.language)}>
            {shortAgo(last.at, now, i18n.language)}
          </time>
        )
      )}
    </span>
  );
}

function languageName(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function LastLine({ item }: Pick<Props, "item">) {
  const { t } = useTranslation();
  const { last_message: last } = item;
  return (
    <span className={classes.bottom}>
      <span className={classes.last}>
        {last && last.author !== "contact" && (
          <>
            <bdi className={classes.author}>{t(`author.${last.author}`)}:</bdi>{" "}
          </>
        )}
        <span className={classes.words} dir="auto">
          {last?.text}
        </span>
      </span>
      {item.status === "resolved" && (
        <CircleCheck size={16} className={classes.done} aria-label={t("status.resolved")} />
      )}
      {item.unread > 0 && (
        <span className={`${classes.unread} tabular`} role="img" aria-label={t("inbox.unread", { n: item.unread })}>
          {item.unread > 99 ? "99+" : item.unread}
        </span>
      )}
      <OwnerMark owner={item.owner} name={item.owner_name} look="icon" />
    </span>
  );
}

function ThirdLine({ item, now }: Pick<Props, "item" | "now">) {
  const { t, i18n } = useTranslation();
  const reason = useReason();
  const { handoff, labels, snoozed_until: until } = item;
  return (
    <span className={classes.third}>
      {item.status === "snoozed" && (
        <span className={classes.asleep} title={until ? exactTime(until, i18n.language) : undefined}>
          <AlarmClock size={12} aria-hidden="true" />
          <bdi>{until ? momentOf(until, now, i18n.language) : t("queue.untilWritten")}</bdi>
        </span>
      )}
      {handoff?.state === "waiting" && item.status !== "snoozed" && (
        <bdi className={classes.reason}>
          {reason(handoff.reason)}
          {handoff.escalated_at && ` · ${t("assign.escalated")}`}
        </bdi>
      )}
      {labels.slice(0, LABELS).map((label) => (
        <bdi key={label} className={classes.label}>
          {label}
        </bdi>
      ))}
      {labels.length > LABELS && (
        <span className={classes.label} title={labels.join(", ")}>
          +{labels.length - LABELS}
        </span>
      )}
    </span>
  );
}
