/** What staff read before they answer: why a person is wanted, what is known, what to say. First thing in the thread. */
import type { ConversationDetail } from "@frontdesk/shared";
import { Button, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { ChevronDown, CornerDownLeft, Headset } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../app/clock";
import { useFieldName } from "../../app/fieldName";
import { exactTime, shortAgo } from "../../app/time";
import { Value } from "../../app/Value";
import { summaryLines, useReason } from "../reason";
import classes from "./BriefCard.module.css";

interface Props {
  handoff: NonNullable<ConversationDetail["handoff"]>;
  onUse: (text: string) => void;
}

export function BriefCard({ handoff, onUse }: Props) {
  const { t, i18n } = useTranslation();
  const fieldName = useFieldName();
  const now = useNow();
  const reason = useReason();
  const body = useId();
  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [open, setOpen] = useState(!narrow);
  const waiting = handoff.state === "waiting";
  const { brief } = handoff;
  const collected = distinct(brief?.collected ?? {});
  return (
    <section className={classes.card} data-waiting={waiting || undefined} aria-label={t("brief.title")}>
      <UnstyledButton
        className={classes.head}
        aria-expanded={open}
        aria-controls={body}
        onClick={() => setOpen((shown) => !shown)}
      >
        <Headset size={16} aria-hidden="true" />
        <strong dir="auto">{reason(brief?.reason || handoff.reason)}</strong>
        <time className="tabular" dateTime={handoff.created_at} title={exactTime(handoff.created_at, i18n.language)}>
          {t(waiting ? "brief.waiting" : "brief.asked", { time: shortAgo(handoff.created_at, now, i18n.language) })}
        </time>
        <ChevronDown size={16} className={classes.chevron} aria-hidden="true" />
      </UnstyledButton>
      <div id={body} className={classes.body} hidden={!open}>
        {brief?.summary && (
          <div>
            <h3>{t("side.summary")}</h3>
            <Summary text={brief.summary} />
          </div>
        )}
        {collected.length > 0 && (
          <div>
            <h3>{t("side.collected")}</h3>
            <dl>
              {collected.map(([name, value]) => (
                <div key={name}>
                  <dt>{fieldName(name)}</dt>
                  <dd>
                    <bdi>
                      <Value value={value} />
                    </bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        )}
        {brief?.suggested_reply && (
          <div className={classes.suggested}>
            <h3>{t("side.suggested")}</h3>
            <blockquote dir="auto">{brief.suggested_reply}</blockquote>
            <Button
              size="xs"
              variant="light"
              leftSection={<CornerDownLeft size={14} />}
              onClick={() => onUse(brief.suggested_reply ?? "")}
            >
              {t("composer.useSuggestion")}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

/** The thread stands below it: the last words are enough to remember by. */
const QUOTED = 3;

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
    <ul>
      {lines.map(({ author, words }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a brief is written once
        <li key={at}>
          {author && <span>{t(`author.${author}`)}</span>}
          <bdi>{words}</bdi>
        </li>
      ))}
    </ul>
  );
}
