import type { Policy } from "@frontdesk/shared";
import { ActionIcon, Button, SegmentedControl, Select, Skeleton, TextInput, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { CopyPlus, Plus, X } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../app/clock";
import { useSignedIn } from "../app/me";
import { ProblemState, useTellProblem } from "../app/Problem";
import { regionOf } from "../app/time";
import { Block } from "./Block";
import { mayGrant } from "./may";
import { usePolicy, useSavePolicy } from "./queries";
import classes from "./Settings.module.css";
import { faultsOf, fromWeek, isOpenAt, localNow, runsPastMidnight, type Span, toWeek, type Week } from "./week";

const USUAL: Span = { start: "09:00", end: "18:00" };
const WEEKDAYS = [0, 1, 2, 3, 4];

export function Hours() {
  const policy = usePolicy();
  if (policy.isError) return <ProblemState error={policy.error} onRetry={() => policy.refetch()} />;
  if (!policy.data) return <Skeleton height={420} radius={12} />;
  return <Editor policy={policy.data} />;
}

function Editor({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const mayEdit = mayGrant(me.role, "admin");
  const [week, setWeek] = useState<Week>(() => toWeek(policy.hours));
  const [always, setAlways] = useState(policy.hours.length === 0);
  const [zone, setZone] = useState(policy.timezone);
  const [holidays, setHolidays] = useState<string[]>(() => [...policy.holidays].sort());
  const save = useSavePolicy();
  const tell = useTellProblem();
  const faults = useMemo(() => (always ? [] : faultsOf(week)), [always, week]);
  const hours = always ? [] : fromWeek(week);
  const next = { ...policy, timezone: zone, hours, holidays };
  const changed =
    JSON.stringify([zone, always, fromWeek(week), holidays]) !==
    JSON.stringify([
      policy.timezone,
      policy.hours.length === 0,
      fromWeek(toWeek(policy.hours)),
      [...policy.holidays].sort(),
    ]);
  const empty = !always && hours.length === 0;
  const submit = () =>
    save.mutate(next, { onError: tell, onSuccess: () => notifications.show({ message: t("settings.saved") }) });
  const setDay = (day: number, spans: Span[]) => setWeek(week.map((each, no) => (no === day ? spans : each)));
  return (
    <fieldset disabled={!mayEdit} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Block
        title={t("settings.hours")}
        text={mayEdit ? t("hours.text") : t("settings.forAdmins")}
        actions={<Now week={week} always={always} zone={zone} holidays={holidays} />}
      >
        <div className={classes.body}>
          <div className={classes.pair}>
            <Zone value={zone} onChange={setZone} />
            <div>
              <p id="mode" className={classes.label}>
                {t("hours.mode")}
              </p>
              <SegmentedControl
                aria-labelledby="mode"
                fullWidth
                disabled={!mayEdit}
                value={always ? "always" : "weekly"}
                onChange={(value) => {
                  setAlways(value === "always");
                  const isBlank = fromWeek(week).length === 0;
                  if (value === "weekly" && isBlank) {
                    setWeek(week.map((_, day) => (WEEKDAYS.includes(day) ? [USUAL] : [])));
                  }
                }}
                data={(["always", "weekly"] as const).map((value) => ({ value, label: t(`hours.${value}`) }))}
              />
            </div>
          </div>
          {!always && (
            <div className={classes.days}>
              {week.map((spans, day) => (
                <Day
                  // biome-ignore lint/suspicious/noArrayIndexKey: a day is its number.
                  key={day}
                  day={day}
                  spans={spans}
                  faulty={faults.includes(day)}
                  onChange={(changedSpans) => setDay(day, changedSpans)}
                  onCopy={() => setWeek(week.map((each, no) => (WEEKDAYS.includes(no) ? spans : each)))}
                />
              ))}
            </div>
          )}
          {empty && (
            <p className={classes.error} role="alert">
              {t("hours.needOne")}
            </p>
          )}
          <Holidays days={holidays} onChange={setHolidays} />
        </div>
        {mayEdit && (
          <footer className={classes.bar}>
            {changed && <span className={classes.note}>{t("hours.unsaved")}</span>}
            <Button onClick={submit} loading={save.isPending} disabled={!changed || empty || faults.length > 0}>
              {t("settings.save")}
            </Button>
          </footer>
        )}
      </Block>
    </fieldset>
  );
}

interface NowProps {
  week: Week;
  always: boolean;
  zone: string;
  holidays: string[];
}

function Now({ week, always, zone, holidays }: NowProps) {
  const { t } = useTranslation();
  const now = localNow(useNow(), zone);
  const open = always || isOpenAt(week, holidays, now);
  return (
    <div className={classes.actions}>
      <span className={`${classes.note} tabular`}>{t("hours.nowThere", { time: now.time })}</span>
      <span className={classes.pill} data-tone={open ? "good" : undefined}>
        {t(open ? "hours.openNow" : "hours.closedNow")}
      </span>
    </div>
  );
}

function Zone({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const { t } = useTranslation();
  const zones = useMemo(() => [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", value])].sort(), [value]);
  return (
    <Select
      label={t("hours.zone")}
      data={zones}
      searchable
      allowDeselect={false}
      limit={60}
      value={value}
      onChange={(zone) => zone && onChange(zone)}
    />
  );
}

interface DayProps {
  day: number;
  spans: Span[];
  faulty: boolean;
  onChange: (spans: Span[]) => void;
  onCopy: () => void;
}

function Day({ day, spans, faulty, onChange, onCopy }: DayProps) {
  const { t, i18n } = useTranslation();
  // 1 January 2024 was a Monday.
  const name = new Date(2024, 0, 1 + day).toLocaleDateString(regionOf(i18n.language), { weekday: "long" });
  const title = name.charAt(0).toLocaleUpperCase(i18n.language) + name.slice(1);
  const set = (no: number, change: Partial<Span>) =>
    onChange(spans.map((span, each) => (each === no ? { ...span, ...change } : span)));
  const last = spans.at(-1);
  return (
    <div className={classes.day}>
      <h3>{title}</h3>
      <div className={classes.spans}>
        {spans.length === 0 && <span className={classes.closed}>{t("hours.closed")}</span>}
        {spans.map((span, no) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place.
          <div key={no} className={classes.span}>
            <TextInput
              type="time"
              className={classes.time}
              aria-label={t("hours.from", { day: title })}
              value={span.start}
              error={faulty}
              onChange={(event) => set(no, { start: event.currentTarget.value })}
            />
            –
            <TextInput
              type="time"
              className={classes.time}
              aria-label={t("hours.to", { day: title })}
              value={span.end}
              error={faulty}
              onChange={(event) => set(no, { end: event.currentTarget.value })}
            />
            {runsPastMidnight(span) && <span className={classes.note}>{t("hours.nextDay")}</span>}
            <ActionIcon
              variant="subtle"
              color="gray"
              size={32}
              aria-label={t("hours.removeFrom", { day: title })}
              onClick={() => onChange(spans.filter((_, each) => each !== no))}
            >
              <X size={16} />
            </ActionIcon>
          </div>
        ))}
        {faulty && <p className={classes.error}>{t("hours.overlap")}</p>}
      </div>
      <div className={classes.actions}>
        {day === 0 && spans.length > 0 && (
          <Tooltip label={t("hours.copy")}>
            <ActionIcon variant="subtle" color="gray" size={32} aria-label={t("hours.copy")} onClick={onCopy}>
              <CopyPlus size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={t("hours.add")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("hours.addTo", { day: title })}
            onClick={() => onChange([...spans, last ? { start: last.end, end: "" } : USUAL])}
          >
            <Plus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  );
}

function Holidays({ days, onChange }: { days: string[]; onChange: (days: string[]) => void }) {
  const { t, i18n } = useTranslation();
  const [day, setDay] = useState("");
  const show = (date: string) =>
    new Date(`${date}T12:00:00`).toLocaleDateString(regionOf(i18n.language), {
      day: "numeric",
      month: "long",
      year: "numeric",
    });
  return (
    <div>
      <h3 style={{ margin: "8px 0 2px", fontSize: 14, fontWeight: 600 }}>{t("hours.holidays")}</h3>
      <p className={classes.note} style={{ margin: "0 0 10px" }}>
        {t("hours.holidaysText")}
      </p>
      <div className={classes.actions} style={{ marginBottom: 12 }}>
        <TextInput
          type="date"
          aria-label={t("hours.day")}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={!day}
          onClick={() => {
            onChange([...new Set([...days, day])].sort());
            setDay("");
          }}
        >
          {t("hours.addHoliday")}
        </Button>
      </div>
      {days.length === 0 && <span className={classes.note}>{t("hours.noHolidays")}</span>}
      <ul className={classes.chips}>
        {days.map((date) => (
          <li key={date}>
            <time dateTime={date}>{show(date)}</time>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              radius="xl"
              aria-label={t("hours.removeHoliday", { day: show(date) })}
              onClick={() => onChange(days.filter((each) => each !== date))}
            >
              <X size={14} />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </div>
  );
}
