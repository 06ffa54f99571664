/** Why the agent said something: the way through the flow, what each step did, what the model cost. */
import type { ModelCall, Turn } from "@frontdesk/shared";
import { ActionIcon, Skeleton } from "@mantine/core";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useTurn } from "../../api/thread";
import { ProblemState } from "../../app/Problem";
import { dateTime, exactTime } from "../../app/time";
import { isTelling } from "./facts";
import { PathGraph } from "./PathGraph";
import { milliseconds, StepDetails } from "./StepDetails";
import classes from "./Why.module.css";

interface Props {
  conversation: string;
  turn: string;
  /** Not given where the frame around it has a title and closes it. */
  onClose?: () => void;
}

export function WhyPanel({ conversation, turn, onClose }: Props) {
  const { t } = useTranslation();
  const query = useTurn(conversation, turn);
  const title = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another page to read
  useEffect(() => title.current?.focus(), [turn]);
  return (
    <section className={classes.root}>
      {onClose && (
        <header>
          <h3 ref={title} tabIndex={-1}>
            {t("why.title")}
          </h3>
          <ActionIcon variant="subtle" color="gray" size={32} onClick={onClose} aria-label={t("why.close")}>
            <X size={16} />
          </ActionIcon>
        </header>
      )}
      {query.data ? (
        <Told turn={query.data} />
      ) : query.isError ? (
        <ProblemState error={query.error} onRetry={() => query.refetch()} />
      ) : (
        <div aria-hidden="true" className={classes.loading}>
          <Skeleton height={36} width="60%" radius={8} />
          <Skeleton height={36} width="60%" radius={8} />
          <Skeleton height={14} />
        </div>
      )}
    </section>
  );
}

function Told({ turn }: { turn: Turn }) {
  const { t, i18n } = useTranslation();
  const steps = turn.steps.filter((step) => step.type === "gate" || isTelling(step));
  return (
    <>
      <p className={classes.line}>
        <span className={classes.outcome} data-outcome={turn.outcome}>
          {t(`why.outcome.${turn.outcome}`)}
        </span>
        <time dateTime={turn.started_at} title={exactTime(turn.started_at, i18n.language)}>
          {dateTime(turn.started_at, i18n.language)}
        </time>
        <span className="tabular">{milliseconds(turn.ms, i18n.language)}</span>
      </p>
      {turn.error && (
        <p className={classes.error}>
          <code>{turn.error}</code>
        </p>
      )}
      <h4>{t("why.path")}</h4>
      <PathGraph nodes={turn.nodes} edges={turn.edges} />
      {steps.length > 0 && (
        <>
          <h4>{t("why.steps")}</h4>
          <ol className={classes.steps}>
            {steps.map((step, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a turn never change
              <StepDetails key={at} step={step} />
            ))}
          </ol>
        </>
      )}
      <h4>{t("why.models")}</h4>
      {turn.calls.length > 0 ? <Calls calls={turn.calls} /> : <p className={classes.none}>{t("why.noModel")}</p>}
    </>
  );
}

function Calls({ calls }: { calls: ModelCall[] }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const money = new Intl.NumberFormat(i18n.language, { style: "currency", currency: "USD", maximumFractionDigits: 5 });
  return (
    <ul className={classes.calls}>
      {calls.map((call, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what a turn cost never changes
        <li key={at}>
          <code>{call.model}</code>
          {call.outcome !== "ok" && <strong>{call.outcome}</strong>}
          <small className="tabular">
            {call.purpose} ·{" "}
            {t("why.tokens", { in: number.format(call.tokens_in), out: number.format(call.tokens_out) })} ·{" "}
            {money.format(call.usd)} · {milliseconds(call.ms, i18n.language)}
          </small>
        </li>
      ))}
    </ul>
  );
}
