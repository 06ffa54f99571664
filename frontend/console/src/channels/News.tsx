/** What the provider said of an account: templates, quality, limits, bans; the newest first. */
import type { AccountEvent, Page } from "@frontdesk/shared";
import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CirclePause, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/http";
import { keys } from "../api/keys";
import { useNow } from "../app/clock";
import { exactTime, shortAgo } from "../app/time";
import classes from "./News.module.css";
import { en } from "./newsWords";
import { plainWords } from "./plainWords";

type Known<Of> = keyof Of & string;

const ICONS: Record<AccountEvent["severity"], LucideIcon> = {
  info: Info,
  warning: TriangleAlert,
  pause: CirclePause,
  resume: CircleCheck,
};
const FIRST = 3;

export function News({ account, provider }: { account: string; provider: string }) {
  const { t } = useTranslation("news");
  const [all, setAll] = useState(false);
  const told = useQuery({
    queryKey: [...keys.channels, account, "events"],
    queryFn: ({ signal }) => get<Page<AccountEvent>>(`channels/${account}/events`, signal),
    select: (page) => page.items,
  });
  if (told.isError) return <p>{t("failed")}</p>;
  if (!told.data?.length) return null;
  const shown = all ? told.data : told.data.slice(0, FIRST);
  return (
    <section className={classes.news}>
      <h3>{t("title", { provider })}</h3>
      <ul>
        {shown.map((one) => (
          <Line key={one.id} told={one} />
        ))}
      </ul>
      {told.data.length > FIRST && (
        <Anchor component="button" type="button" size="xs" ta="start" onClick={() => setAll(!all)}>
          {all ? t("fewer") : t("all", { n: told.data.length })}
        </Anchor>
      )}
    </section>
  );
}

function Line({ told }: { told: AccountEvent }) {
  const { t, i18n } = useTranslation("news");
  const now = useNow();
  const Icon = ICONS[told.severity];
  const topic = told.topic in en.topic ? t(`topic.${told.topic as Known<typeof en.topic>}`) : plainWords(told.topic);
  const say = (word: string) => (word in en.change ? t(`change.${word as Known<typeof en.change>}`) : plainWords(word));
  return (
    <li data-severity={told.severity}>
      <Icon size={14} aria-label={t(told.severity)} />
      <div className={classes.said}>
        <strong>{topic}</strong>
        {told.about && (
          <>
            {" "}
            <bdi>{told.about}</bdi>
          </>
        )}
        {told.change && <>: {say(told.change)}</>}
        {told.reason && (
          <small>
            <bdi>{plainWords(told.reason)}</bdi>
          </small>
        )}
        {told.before && <small>{t("was", { before: say(told.before) })}</small>}
      </div>
      <time dateTime={told.at} title={exactTime(told.at, i18n.language)} className="tabular">
        {shortAgo(told.at, now, i18n.language)}
      </time>
    </li>
  );
}
