import type { ConversationDetail } from "@frontdesk/shared";
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { ArrowLeft, Check, PanelRight, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Avatar } from "../app/Avatar";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { useContactName } from "../app/contact";
import { HandBack } from "./HandBack";
import { OwnerMark } from "./OwnerMark";
import type { Holder } from "./owner";
import classes from "./ThreadHeader.module.css";
import type { Hands } from "./useHands";

interface Props {
  conversation: ConversationDetail;
  holder: Holder;
  hands: Hands;
  detailsShown: boolean;
  onToggleDetails: () => void;
}

export function ThreadHeader({ conversation, holder, hands, detailsShown, onToggleDetails }: Props) {
  const { t } = useTranslation();
  const { contact, channel, account, owner, owner_name, status, goes_on } = conversation;
  const name = useContactName()(contact, channel);
  const mine = holder === "me";
  const resolved = status === "resolved";
  return (
    <header className={classes.head} data-mine={mine || undefined}>
      <ActionIcon
        className={classes.back}
        component={Link}
        to="/inbox"
        variant="subtle"
        color="gray"
        size={40}
        aria-label={t("inbox.back")}
      >
        <ArrowLeft size={20} className="flip" />
      </ActionIcon>
      <span className={classes.face}>
        <Avatar name={contact.name} size={36} />
      </span>
      <div className={classes.names}>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>
          <ChannelGlyph channel={channel} size={14} />
          <bdi className={classes.account}>{account?.name ?? t(`kind.${channel}`)}</bdi>
          <span className={classes.dot}>·</span>
          <OwnerMark owner={owner} name={owner_name} look="line" />
        </p>
      </div>
      <div className={classes.actions}>
        {goes_on ? null : mine ? (
          <HandBack hands={hands} />
        ) : (
          <Button
            size="sm"
            h={32}
            variant={holder === "nobody" ? "filled" : "light"}
            onClick={hands.take}
            disabled={hands.busy}
            rightSection={<kbd>T</kbd>}
          >
            {t(holder === "colleague" ? "owner.takeOver" : "owner.take")}
          </Button>
        )}
        {!goes_on && (
          <Tooltip label={`${t(resolved ? "status.reopen" : "status.resolve")} (E)`}>
            <ActionIcon
              variant="default"
              size={32}
              onClick={hands.toggleResolved}
              disabled={hands.busy}
              aria-label={t(resolved ? "status.reopen" : "status.resolve")}
            >
              {resolved ? <RotateCcw size={16} /> : <Check size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={t("inbox.details")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            onClick={onToggleDetails}
            aria-label={t("inbox.details")}
            aria-pressed={detailsShown}
          >
            <PanelRight size={18} className="flip" />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}
