/** Every view with its number, always in sight. */
import type { InboxCounts } from "@frontdesk/shared";
import { CircleAlert, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./ConversationList.module.css";
import { type Place, VIEWS } from "./views";

interface Props {
  view: Place;
  counts: InboxCounts | undefined;
  onView: (view: Place) => void;
}

export function ConversationListViews({ view, counts, onView }: Props) {
  const { t, i18n } = useTranslation();
  const short = new Intl.NumberFormat(i18n.language, { notation: "compact", maximumFractionDigits: 1 });
  const exact = new Intl.NumberFormat(i18n.language);
  return (
    <div className={classes.views} role="tablist" aria-label={t("queue.views")}>
      {VIEWS.map((name) => {
        const count = counts?.[name];
        return (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={view === name}
            className={classes.view}
            data-urgent={(name === "waiting" && Boolean(count)) || undefined}
            onClick={() => onView(name)}
          >
            <span className={classes.name}>{t(`queue.view.${name}`)}</span>
            <span className={`${classes.count} tabular`} title={count === undefined ? undefined : exact.format(count)}>
              {count === undefined ? "" : short.format(count)}
            </span>
          </button>
        );
      })}
      {(Boolean(counts?.undelivered) || view === "undelivered") && (
        <button
          type="button"
          role="tab"
          aria-selected={view === "undelivered"}
          className={`${classes.view} ${classes.undelivered}`}
          onClick={() => onView("undelivered")}
        >
          <CircleAlert size={14} aria-hidden="true" />
          <span className={classes.name}>{t("assign.undelivered")}</span>
          <span className={`${classes.count} tabular`}>
            {(counts?.undelivered ?? 0) >= 100 ? "99+" : short.format(counts?.undelivered ?? 0)}
          </span>
        </button>
      )}
      {Boolean(counts?.teams?.length) && (
        <div className={classes.teams} role="presentation">
          {counts?.teams?.map(({ key, name, open, waiting }) => (
            <button
              key={key}
              type="button"
              role="tab"
              aria-selected={view === `team:${key}`}
              className={classes.view}
              data-urgent={waiting > 0 || undefined}
              onClick={() => onView(`team:${key}`)}
            >
              <UsersRound size={14} aria-hidden="true" />
              <bdi className={classes.name} title={name}>
                {name}
              </bdi>
              <span className={`${classes.count} tabular`} title={exact.format(open)}>
                {short.format(waiting > 0 ? waiting : open)}
              </span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
