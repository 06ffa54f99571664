/** Choose when words are said: the usual moments, or one's own; a moment at which they could not be said is not offered. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import { AlarmClock, Clock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSnoozeChoices } from "../../api/queue";
import { useNow } from "../../app/clock";
import { localTime, momentOf } from "../../app/time";
import classes from "./Later.module.css";

const KNOWN = ["hour", "tomorrow", "next_week"] as const;

interface Props {
  disabled: boolean;
  /** Until when the provider lets staff write; null: always. */
  until: string | null;
  onMoment: (at: string) => void;
}

export function Later({ disabled, until, onMoment }: Props) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const [opened, setOpened] = useState(false);
  const usual = useSnoozeChoices(opened);
  const [typed, setTyped] = useState("");
  const closes = until ? Date.parse(until) : Number.POSITIVE_INFINITY;
  const own = Date.parse(typed);
  const choose = (at: string) => {
    setOpened(false);
    onMoment(at);
  };
  const open = (wanted: boolean) => {
    setOpened(wanted);
    if (wanted) setTyped(localTime(Math.min(now + 3 * 3_600_000, closes - 60_000)));
  };
  return (
    <Menu opened={opened} onChange={open} position="top-end" width={280} withinPortal>
      <Menu.Target>
        <ActionIcon
          size={36}
          radius="xl"
          variant="subtle"
          color="gray"
          disabled={disabled}
          aria-label={t("later.open")}
          title={t("later.open")}
        >
          <Clock size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("later.open")}</Menu.Label>
        {(usual.data?.items ?? []).map(({ key, at }) => {
          const name = KNOWN.find((known) => known === key);
          const over = Date.parse(at) >= closes;
          return (
            <Menu.Item
              key={key}
              disabled={over}
              leftSection={<AlarmClock size={16} />}
              rightSection={<span className={classes.hint}>{momentOf(at, now, i18n.language)}</span>}
              onClick={() => choose(at)}
            >
              {name ? t(`queue.moment.${name}`) : momentOf(at, now, i18n.language)}
            </Menu.Item>
          );
        })}
        <form
          className={classes.own}
          onSubmit={(event) => {
            event.preventDefault();
            if (own > now && own < closes) choose(new Date(own).toISOString());
          }}
        >
          <label>
            <span>{t("queue.moment.own")}</span>
            <input
              type="datetime-local"
              value={typed}
              min={localTime(now)}
              max={Number.isFinite(closes) ? localTime(closes) : undefined}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          <Button type="submit" size="xs" disabled={!(own > now && own < closes)}>
            {t("later.plan")}
          </Button>
        </form>
        {until && <p className={classes.note}>{t("later.closes", { time: momentOf(until, now, i18n.language) })}</p>}
      </Menu.Dropdown>
    </Menu>
  );
}
