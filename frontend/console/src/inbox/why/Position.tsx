/** Where the customer stands in the flow just now, and since when. */
import type { Position as Standing } from "@frontdesk/shared";
import { useTranslation } from "react-i18next";
import { useNow } from "../../app/clock";
import { exactTime, shortAgo } from "../../app/time";
import { NodeGlyph } from "./NodeGlyph";
import classes from "./Position.module.css";

export function Position({ run }: { run: Standing | null }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <section>
      <h3>{t("why.position")}</h3>
      {run?.cursor ? (
        <p className={classes.here} title={run.cursor}>
          <NodeGlyph type={run.type} size={16} />
          <bdi>{run.title}</bdi>
          {run.since && (
            <time className="tabular" dateTime={run.since} title={exactTime(run.since, i18n.language)}>
              {t("why.since", { time: shortAgo(run.since, now, i18n.language) })}
            </time>
          )}
        </p>
      ) : (
        <p className={classes.nowhere}>{t("why.nowhere")}</p>
      )}
    </section>
  );
}
