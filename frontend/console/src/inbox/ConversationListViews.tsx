/** Every view with its number, always in sight. */
import type { InboxCounts, View } from "@frontdesk/shared";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./ConversationList.module.css";
import { VIEWS } from "./views";

interface Props {
  view: View;
  counts: InboxCounts | undefined;
  onView: (view: View) => void;
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
      {Boolean(counts?.undelivered) && (
        <p className={classes.undelivered}>
          <CircleAlert size={14} aria-hidden="true" />
          {t("queue.undelivered", { n: (counts?.undelivered ?? 0) >= 100 ? "99+" : counts?.undelivered })}
        </p>
      )}
    </div>
  );
}
