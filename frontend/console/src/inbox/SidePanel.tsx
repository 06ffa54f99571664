/** What is known: the handoff's brief first, then contact and conversation. */
import type { ConversationDetail } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { CornerDownLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../app/clock";
import { useContactName } from "../app/contact";
import { dateTime, exactTime, shortAgo } from "../app/time";
import { Value } from "../app/Value";
import { summaryLines, useReason } from "./reason";
import classes from "./SidePanel.module.css";
import { Position } from "./why/Position";

export function SidePanel({
  conversation,
  onUse,
}: {
  conversation: ConversationDetail;
  onUse: (text: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const { handoff, contact, channel, account, locale, last_inbound_at: lastInbound, status } = conversation;
  const nameOf = useContactName();
  const language = locale ? (new Intl.DisplayNames(i18n.language, { type: "language" }).of(locale) ?? locale) : "–";
  return (
    <div className={classes.root}>
      {handoff && handoff.state !== "done" && <Brief handoff={handoff} onUse={onUse} />}
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

function Brief({
  handoff,
  onUse,
}: {
  handoff: NonNullable<ConversationDetail["handoff"]>;
  onUse: (text: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const reason = useReason();
  const { brief } = handoff;
  const collected = distinct(brief?.collected ?? {});
  return (
    <section className={classes.brief} data-waiting={handoff.state === "waiting" || undefined}>
      <h3>
        {t("side.handoff")}
        <span className={classes.state}>
          {t(`side.state.${handoff.state}`)} ·{" "}
          <time title={exactTime(handoff.created_at, i18n.language)}>
            {shortAgo(handoff.created_at, now, i18n.language)}
          </time>
        </span>
      </h3>
      <p className={classes.reason} dir="auto">
        {reason(brief?.reason || handoff.reason)}
      </p>
      {collected.length > 0 && (
        <>
          <h4>{t("side.collected")}</h4>
          <dl className={classes.facts}>
            {collected.map(([name, value]) => (
              <Fact key={name} name={name.replaceAll("_", " ")}>
                <Value value={value} />
              </Fact>
            ))}
          </dl>
        </>
      )}
      {brief?.summary && <Summary text={brief.summary} />}
      {brief?.suggested_reply && (
        <>
          <h4>{t("side.suggested")}</h4>
          <blockquote dir="auto">{brief.suggested_reply}</blockquote>
          <Button
            size="xs"
            variant="light"
            leftSection={<CornerDownLeft size={14} />}
            onClick={() => onUse(brief.suggested_reply ?? "")}
          >
            {t("composer.useSuggestion")}
          </Button>
        </>
      )}
    </section>
  );
}

/** The thread stands beside it: the last words are enough to remember by. */
const QUOTED = 4;

/** What was collected; a contact's name that repeats the answer to a question is said once. */
function distinct(collected: Record<string, unknown>): [string, unknown][] {
  const entries = Object.entries(collected);
  return entries.filter(([, value], at) => entries.findIndex(([, other]) => other === value) === at);
}

/** A model's prose, or without one the last lines as they were said. */
function Summary({ text }: { text: string }) {
  const { t } = useTranslation();
  const lines = summaryLines(text).slice(-QUOTED);
  if (lines.every(({ author }) => author === null)) {
    return (
      <p className={classes.prose} dir="auto">
        {text}
      </p>
    );
  }
  return (
    <ul className={classes.said}>
      {lines.map(({ author, words }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a brief is written once
        <li key={at} data-author={author ?? undefined}>
          {author && <strong>{t(`author.${author}`)}</strong>}
          <span dir="auto">{words}</span>
        </li>
      ))}
    </ul>
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
