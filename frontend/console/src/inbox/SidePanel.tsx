/** What is known of the customer and the conversation; why an answer was given takes its place. */
import type { ConversationDetail } from "@frontdesk/shared";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useContactName } from "../app/contact";
import { dateTime, exactTime } from "../app/time";
import classes from "./SidePanel.module.css";
import { Position } from "./why/Position";

export function SidePanel({ conversation }: { conversation: ConversationDetail }) {
  const { t, i18n } = useTranslation();
  const { contact, channel, account, locale, last_inbound_at: lastInbound, status } = conversation;
  const nameOf = useContactName();
  const language = locale ? (new Intl.DisplayNames(i18n.language, { type: "language" }).of(locale) ?? locale) : "–";
  return (
    <div className={classes.root}>
      <Position run={conversation.run} />
      <section>
        <h3>{t("side.contact")}</h3>
        <dl className={classes.facts}>
          <Fact name={t("leads.name")}>{nameOf(contact, channel)}</Fact>
          <Fact name={t("side.language")}>{language}</Fact>
          <Fact name={t("side.channel")}>{t(`kind.${channel}`)}</Fact>
          {account && <Fact name={t("side.account")}>{account.name}</Fact>}
          {lastInbound && (
            <Fact name={t("side.lastInbound")}>
              <time dateTime={lastInbound} title={exactTime(lastInbound, i18n.language)}>
                {dateTime(lastInbound, i18n.language)}
              </time>
            </Fact>
          )}
          <Fact name={t("side.status")}>{t(`status.${status}`)}</Fact>
        </dl>
      </section>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
