/** How one is told that somebody waits. */
import { Button, Select, Skeleton, Switch, TextInput } from "@mantine/core";
import { Volume2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { ProblemState, useTellProblem } from "../app/Problem";
import { Block } from "../settings/Block";
import classes from "../settings/Settings.module.css";
import { pushSupport } from "./push";
import { type Notices, useNotices, useSaveNotices, useSoundChoice, useSwitchPush, type Wishes } from "./queries";
import { chime, wakeSound } from "./sound";

const AFTER = [5, 10, 15, 30, 60];
const NIGHT = { start: "22:00", to: "08:00" };
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function NoticeSettings() {
  const notices = useNotices();
  if (notices.isError) return <ProblemState error={notices.error} onRetry={() => notices.refetch()} />;
  if (!notices.data) return <Skeleton height={420} radius={12} />;
  return (
    <>
      <Sound />
      <Push notices={notices.data} />
      <Mail notices={notices.data} />
      <Quiet notices={notices.data} />
    </>
  );
}

function Sound() {
  const { t } = useTranslation();
  const [on, setOn] = useSoundChoice();
  const listen = () => {
    wakeSound();
    // The browser lets it sound once it knows of the click.
    setTimeout(() => void chime(), 100);
  };
  return (
    <Block title={t("notices.soundTitle")} text={t("notices.soundText")}>
      <div className={`${classes.body} ${classes.actions}`} style={{ flexDirection: "row" }}>
        <Switch
          label={t("notices.sound")}
          checked={on}
          onChange={({ currentTarget }) => {
            setOn(currentTarget.checked);
            if (currentTarget.checked) setTimeout(listen);
          }}
        />
        {on && (
          <Button variant="default" size="xs" leftSection={<Volume2 size={14} />} onClick={listen}>
            {t("notices.try")}
          </Button>
        )}
      </div>
    </Block>
  );
}

function Push({ notices }: { notices: Notices }) {
  const { t } = useTranslation();
  const push = useSwitchPush();
  const tell = useTellProblem();
  const [why, setWhy] = useState<"notAllowed" | "failed" | null>(null);
  const support = pushSupport();
  const change = (on: boolean) => {
    setWhy(null);
    push.mutate(
      { on, key: notices.push_key },
      {
        onSuccess: (done) => setWhy(on && !done ? "notAllowed" : null),
        onError: (cause) => (cause instanceof ProblemError ? tell(cause) : setWhy("failed")),
      },
    );
  };
  return (
    <Block title={t("notices.pushTitle")} text={t("notices.pushText")}>
      <div className={classes.body}>
        <Switch
          label={t("notices.push")}
          checked={push.isPending ? push.variables.on : notices.this_browser}
          disabled={support !== "ready" || push.isPending}
          onChange={({ currentTarget }) => change(currentTarget.checked)}
        />
        {support !== "ready" && <p className={classes.note}>{t(`notices.${support}`)}</p>}
        {why && (
          <p className={classes.error} role="alert">
            {t(`notices.${why}`)}
          </p>
        )}
      </div>
    </Block>
  );
}

function Mail({ notices }: { notices: Notices }) {
  const { t } = useTranslation();
  const save = useSave(notices);
  const choices = [
    { value: "", label: t("notices.never") },
    ...AFTER.map((n) => ({ value: String(n), label: t("notices.minutes", { n }) })),
  ];
  return (
    <Block title={t("notices.mailTitle")} text={t("notices.mailText")}>
      <div className={classes.body}>
        <Select
          label={t("notices.mail")}
          data={choices}
          value={String(notices.mail_after_minutes ?? "")}
          allowDeselect={false}
          w={220}
          onChange={(value) => save({ mail_after_minutes: value ? Number(value) : null })}
        />
        {!notices.mail_connected && <p className={classes.note}>{t("notices.noMail")}</p>}
      </div>
    </Block>
  );
}

function Quiet({ notices }: { notices: Notices }) {
  const { t } = useTranslation();
  const save = useSave(notices);
  const { quiet } = notices;
  const zone = quiet ? notices.timezone : ZONE;
  const put = (key: "start" | "to", value: string) => {
    if (value && quiet) save({ quiet: { ...quiet, [key]: value } });
  };
  return (
    <Block title={t("notices.quietTitle")} text={t("notices.quietText", { zone: zone.replace("_", " ") })}>
      <div className={classes.body}>
        <Switch
          label={t("notices.quiet")}
          checked={quiet !== null}
          onChange={({ currentTarget }) => save({ quiet: currentTarget.checked ? NIGHT : null })}
        />
        {quiet && (
          <div className={classes.actions}>
            {(["start", "to"] as const).map((key) => (
              <TextInput
                key={key}
                type="time"
                label={t(key === "start" ? "notices.from" : "notices.to")}
                value={quiet[key].slice(0, 5)}
                onChange={({ currentTarget }) => put(key, currentTarget.value)}
              />
            ))}
          </div>
        )}
      </div>
    </Block>
  );
}

/** Change some of the wishes; the hours are those of where the person is now. */
function useSave({ mail_after_minutes, quiet }: Notices) {
  const save = useSaveNotices();
  const tell = useTellProblem();
  return (change: Partial<Wishes>) =>
    save.mutate({ mail_after_minutes, quiet, timezone: ZONE, ...change }, { onError: tell });
}
