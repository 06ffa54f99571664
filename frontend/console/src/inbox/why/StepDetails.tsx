/** One step of a turn: what it changed, asked, found and decided. Everything is text, whatever it holds. */
import type { TurnStep } from "@frontdesk/shared";
import { safeUrl } from "@frontdesk/shared/linkify";
import { Check, CircleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Value } from "../../app/Value";
import { readFacts } from "./facts";
import { NodeGlyph } from "./NodeGlyph";
import classes from "./Why.module.css";

const HEARD = ["message", "tap", "timer", "handback", "delivery", "start"] as const;

export function StepDetails({ step }: { step: TurnStep }) {
  const { t, i18n } = useTranslation();
  const { calls, request, passages, checks, error, rest } = readFacts(step.facts);
  const changed = Object.entries(step.changed);
  const heard = HEARD.find((kind) => kind === step.phase);
  const gate = step.type === "gate";
  return (
    <li className={classes.step}>
      <h4>
        {!gate && <NodeGlyph type={step.type} />}
        <bdi>{gate && heard ? t(`why.heard.${heard}`) : step.title}</bdi>
        {step.port && <code>{step.port}</code>}
        {!gate && <small className="tabular">{milliseconds(step.ms, i18n.language)}</small>}
      </h4>
      {error && (
        <p className={classes.error}>
          <CircleAlert size={14} aria-hidden="true" /> <code>{error}</code>
        </p>
      )}
      {(changed.length > 0 || rest.length > 0) && (
        <dl className={classes.pairs}>
          {[...changed, ...rest].map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>
                  <Value value={value} />
                </bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {checks.length > 0 && (
        <ul className={classes.checks}>
          {checks.map(({ name, passed, reason }) => (
            <li key={name} data-passed={passed || undefined}>
              {passed ? <Check size={14} aria-hidden="true" /> : <X size={14} aria-hidden="true" />}
              <span className="sr">{t(passed ? "why.passed" : "why.failed")}</span>
              {name.replaceAll("_", " ")}
              {reason && <small>{reason.replaceAll("_", " ")}</small>}
            </li>
          ))}
        </ul>
      )}
      {calls.map((call, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what a turn did never changes
        <Exchange key={at} title={call.name} bad={call.refused} given={call.given} told={call.told} />
      ))}
      {request && (
        <Exchange
          title={`${request.method} ${request.path}`}
          note={request.status === null ? request.connection : `${request.connection} · ${request.status}`}
          bad={request.status === null || request.status >= 400}
          given={request.given}
          told={request.told}
        />
      )}
      {passages.map(({ title, url, score, text }, at) => {
        const href = safeUrl(url, location.href);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: what a turn found never changes
          <blockquote key={at} className={classes.passage}>
            <strong>
              {href ? (
                <a href={href} target="_blank" rel="noopener noreferrer">
                  {title}
                </a>
              ) : (
                title
              )}
              {score !== null && <small className="tabular">{percent(score, i18n.language)}</small>}
            </strong>
            <span dir="auto">{text}</span>
          </blockquote>
        );
      })}
    </li>
  );
}

function Exchange({
  title,
  note,
  bad,
  given,
  told,
}: {
  title: string;
  note?: string;
  bad: boolean;
  given: unknown;
  told: unknown;
}) {
  const { t } = useTranslation();
  return (
    <details className={classes.exchange} data-bad={bad || undefined}>
      <summary>
        <code>{title}</code>
        {note && <small>{note}</small>}
      </summary>
      <Json label={t("why.given")}>{given}</Json>
      <Json label={t("why.told")}>{told}</Json>
    </details>
  );
}

function Json({ label, children }: { label: string; children: unknown }): ReactNode {
  if (children === null || children === undefined || children === "") return null;
  const words = typeof children === "string" ? children : JSON.stringify(children, null, 2);
  return (
    <figure className={classes.json}>
      <figcaption>{label}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre dir="ltr" tabIndex={0}>
        {words}
      </pre>
    </figure>
  );
}

export function milliseconds(ms: number, locale: string): string {
  const [value, unit, digits] = ms >= 1000 ? [ms / 1000, "second", 1] : [ms, "millisecond", ms < 10 ? 1 : 0];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: unit as string,
    unitDisplay: "short",
    maximumFractionDigits: digits as number,
  }).format(value as number);
}

function percent(score: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(score);
}
