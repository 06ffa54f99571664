import type { Device } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Laptop, Smartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useNow } from "../app/clock";
import { ProblemState, useTellProblem } from "../app/Problem";
import { agoInWords, exactTime } from "../app/time";
import { Block } from "./Block";
import { useDevices, useEndDevice, useEndOtherDevices } from "./queries";
import classes from "./Settings.module.css";

const PHONES = new Set(["iPhone", "iPad", "Android"]);

export function Devices() {
  const { t } = useTranslation();
  const devices = useDevices();
  const others = useEndOtherDevices();
  const tell = useTellProblem();
  const some = devices.data?.some((device) => !device.current);
  const endAll = () =>
    others.mutate(undefined, {
      onError: tell,
      onSuccess: ({ count }) => notifications.show({ message: t("settings.signedOut", { n: count }) }),
    });
  const all = some && (
    <Button variant="default" size="xs" loading={others.isPending} onClick={endAll}>
      {t("settings.signOutOthers")}
    </Button>
  );
  return (
    <Block title={t("settings.devices")} text={t("settings.devicesText")} actions={all}>
      {devices.isError && <ProblemState error={devices.error} onRetry={() => devices.refetch()} />}
      <ul className={classes.rows}>
        {devices.data?.map((device) => (
          <Row key={device.id} device={device} />
        ))}
      </ul>
    </Block>
  );
}

function Row({ device }: { device: Device }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const end = useEndDevice();
  const tell = useTellProblem();
  const { browser, system } = device;
  const name =
    browser && system ? t("settings.on", { browser, system }) : (browser ?? system ?? t("settings.unknownDevice"));
  const Icon = system && PHONES.has(system) ? Smartphone : Laptop;
  return (
    <li>
      <span className={classes.icon}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <div className={classes.who}>
        <strong>
          <bdi>{name}</bdi>
          {device.current && (
            <span className={classes.pill} data-tone="good">
              {t("settings.thisDevice")}
            </span>
          )}
        </strong>
        <span>
          <time dateTime={device.seen_at} title={exactTime(device.seen_at, i18n.language)} className="tabular">
            {t("settings.seen", { time: agoInWords(device.seen_at, now, i18n.language) })}
          </time>
        </span>
      </div>
      {!device.current && (
        <Button
          variant="default"
          size="xs"
          loading={end.isPending}
          aria-label={`${t("settings.signOut")}: ${name}`}
          onClick={() => end.mutate(device.id, { onError: tell })}
        >
          {t("settings.signOut")}
        </Button>
      )}
    </li>
  );
}
