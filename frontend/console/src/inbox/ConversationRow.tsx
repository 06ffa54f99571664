import type { ConversationItem } from "@frontdesk/shared";
import { CircleCheck, Hourglass } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useContactName } from "../app/contact";
import { exactTime, shortAgo } from "../app/time";
import classes from "./ConversationRow.module.css";
import { OwnerMark } from "./OwnerMark";
import { useReason } from "./reason";

interface Props {
  item: ConversationItem;
  open: boolean;
  now: number;
  onOpen: () => void;
}

export const ConversationRow = memo(function ConversationRow({ item, open, now, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const { last_message: last, handoff } = item;
  const name = useContactName()(item.contact, item.channel);
  const reason = useReason();
  const waiting = handoff?.state === "waiting";
  return (
    <li className={classes.item}>
      <a
        href={`#/inbox/${item.id}`}
        className={classes.row}
        aria-current={open ? "true" : undefined}
        data-unread={item.unread > 0 || undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
      >
        <span className={classes.face}>
          <Avatar name={item.contact.name} size={36} />
          <span className={classes.channel}>
            <ChannelGlyph channel={item.channel} size={16} />
          </span>
        </span>
        <span className={classes.text}>
          <span className={classes.top}>
            <bdi className={classes.name}>{name}</bdi>
            {last && (
              <time className={`${classes.time} tabular`} dateTime={last.at} title={exactTime(last.at, i18n.language)}>
                {shortAgo(last.at, now, i18n.language)}
              </time>
            )}
          </span>
          <span className={classes.bottom}>
            <span className={classes.last}>
              {last && last.author !== "contact" && (
                <>
                  <bdi className={classes.author}>{t(`author.${last.author}`)}:</bdi>{" "}
                </>
              )}
              <bdi>{last?.text}</bdi>
            </span>
            {item.status === "resolved" && (
              <CircleCheck size={16} className={classes.done} aria-label={t("status.resolved")} />
            )}
            {item.unread > 0 && (
              <span
                className={`${classes.unread} tabular`}
                role="img"
                aria-label={t("inbox.unread", { n: item.unread })}
              >
                {item.unread}
              </span>
            )}
            <OwnerMark owner={item.owner} name={item.owner_name} look="icon" />
          </span>
          {waiting && (
            <span className={classes.handoff}>
              <Hourglass size={12} aria-hidden="true" />
              <bdi>{reason(handoff.reason)}</bdi>
              <span className="tabular" title={exactTime(handoff.created_at, i18n.language)}>
                · {t("inbox.waitingSince", { time: shortAgo(handoff.created_at, now, i18n.language) })}
              </span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
});
