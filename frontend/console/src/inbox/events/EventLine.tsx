/** Something that happened, as a thin line; what a colleague told the agent stands below it in full. */
import type { Happening } from "@frontdesk/shared";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useTeams } from "../../api/assigning";
import { useSignedIn } from "../../app/me";
import { clockTime, exactTime } from "../../app/time";
import { CameFrom } from "../context/lazy";
import { useReason } from "../reason";
import classes from "./EventLine.module.css";

export function EventLine({ happening }: { happening: Happening }) {
  const { i18n } = useTranslation();
  const words = useEventWords()(happening);
  const { kind, at, details } = happening;
  return (
    <div className={classes.event} data-kind={kind}>
      <p>
        <bdi>
          {kind === "referral" ? (
            <Suspense fallback={null}>
              <CameFrom referral={details} />
            </Suspense>
          ) : kind === "joined" ? (
            <Link to={`/inbox/${details.after ?? details.before}`}>{words}</Link>
          ) : (
            words
          )}
        </bdi>
        <time className="tabular" dateTime={at} title={exactTime(at, i18n.language)}>
          {clockTime(at, i18n.language)}
        </time>
      </p>
      {kind === "returned" && details.note && <blockquote dir="auto">{details.note}</blockquote>}
    </div>
  );
}

const REFUSALS = ["window_closed", "never_wrote", "opted_out", "quiet_hours", "account_down"] as const;

function useEventWords(): (happening: Happening) => string {
  const { t } = useTranslation();
  const { staff } = useSignedIn();
  const reason = useReason();
  const teams = useTeams().data;
  const refusalOf = (why: string) => {
    const known = REFUSALS.find((one) => one === why);
    return known ? t(`refusal.${known}`) : why;
  };
  const nameOf = (who: string | undefined, names: Happening["names"]): string => {
    if (!who || who === "nobody") return t("owner.nobody");
    if (who === "agent") return t("owner.agent");
    if (who === "app") return t("owner.app");
    if (staff && who === `staff:${staff.id}`) return t("owner.me");
    return names[who] ?? t(who.startsWith("api:") ? "author.api" : "owner.colleague");
  };
  return ({ kind, actor, details, names }) => {
    const who = nameOf(actor, names);
    const to = nameOf(details.after, names);
    switch (kind) {
      case "handoff":
        return t("events.handoff", { reason: reason(details.reason ?? "") });
      case "handoff_ended":
        return t("events.expired");
      case "returned":
        return t("events.returned", { who });
      case "flagged":
        return t("events.flagged", {
          what: [details.label?.replaceAll("_", " "), details.note].filter(Boolean).join(": "),
        });
      case "event":
        return t("events.event", { what: details.name?.replaceAll("_", " ") });
      case "told":
        return t("events.told", { who, what: details.name?.replaceAll("_", " ") });
      case "joined":
        return t(details.after ? "events.goesOn" : "events.cameFrom");
      case "referral":
        return "";
      case "status":
        return t(`events.${statusOf(details.after)}`, { who });
      case "team":
        return details.after
          ? t("assign.happened.team", {
              who,
              team: teams?.find(({ key }) => key === details.after)?.name ?? details.after,
            })
          : t("assign.happened.noTeam", { who });
      case "escalated":
        return t("assign.happened.escalated", { n: details.minutes });
      case "fallback":
        return details.refused
          ? t("assign.happened.fallbackNot", { why: refusalOf(details.refused) })
          : t("assign.happened.fallback");
      case "owner":
        if (details.why === "round_robin") return t("assign.happened.inTurn", { to });
        if (details.why === "assigned") return t("events.assigned", { who, to });
        if (details.after === "agent") return t("events.idle");
        if (details.after === "app") return t("events.app");
        return details.before?.startsWith("staff:")
          ? t("events.tookFrom", { who: to, from: nameOf(details.before, names) })
          : t("events.took", { who: to });
    }
  };
}

function statusOf(status: string | undefined): "resolved" | "snoozed" | "reopened" {
  return status === "resolved" || status === "snoozed" ? status : "reopened";
}
