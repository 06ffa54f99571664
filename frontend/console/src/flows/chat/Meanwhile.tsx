/** What the customer did, and what happens without them: time passes, a person gives the conversation back. */
import { Menu } from "@mantine/core";
import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { regionOf } from "../../app/time";
import type { FlowDocument } from "../document";
import { useForm } from "../panels/form/context";
import { spanOf } from "../panels/model/duration";
import classes from "./Chat.module.css";
import { nextTimer, nodeOf, type Said, type Told } from "./turns";

export function Mine({ said }: { said: Said }) {
  const { t } = useTranslation("flowPanels");
  const span = spanOf(said.advance);
  if (said.advance !== undefined) {
    return (
      <p className={classes.event}>
        <Clock size={13} aria-hidden="true" />
        {t("chat.passed", { time: span ? `${span.amount} ${t(`unit.${span.unit}`)}` : said.advance })}
      </p>
    );
  }
  if (said.handback !== undefined)
    return <p className={classes.event}>{t("chat.gaveBack", { port: said.handback })}</p>;
  if (said.text === undefined && said.label === undefined)
    return <p className={classes.event}>{t("chat.justBegin")}</p>;
  return (
    <p className={classes.mine} data-tap={said.payload !== undefined || undefined} dir="auto">
      <span className="sr">{t("chat.customer")}: </span>
      {said.label ?? said.text}
    </p>
  );
}

/** Time passes, or a person gives the conversation back. */
export function Meanwhile({ told, busy, onDo }: { told: Told | undefined; busy: boolean; onDo: (said: Said) => void }) {
  const { t, i18n } = useTranslation("flowPanels");
  const { flow } = useForm();
  if (told?.now === undefined) return null;
  const next = nextTimer(told);
  const node = told.cursor ? nodeOf(told.cursor, flow) : null;
  const held = node !== null && flow.nodes[node]?.type === "handoff";
  const span = next ? spanOf(next.advance) : null;
  const clock = new Date(told.now).toLocaleString(regionOf(i18n.language), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zoneOf(flow),
  });
  return (
    <div className={classes.meanwhile}>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <button type="button" disabled={busy}>
            <Clock size={13} aria-hidden="true" />
            <span className="sr">{t("chat.letPass")}: </span>
            <span className="tabular">{clock}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("chat.letPass")}</Menu.Label>
          {next && span && (
            <Menu.Item onClick={() => onDo({ advance: next.advance })}>
              {t("chat.untilNext", { time: `${span.amount} ${t(`unit.${span.unit}`)}` })}
            </Menu.Item>
          )}
          {(["PT15M", "PT1H", "P1D"] as const).map((advance) => {
            const { amount, unit } = spanOf(advance) ?? { amount: 1, unit: "hours" as const };
            return (
              <Menu.Item key={advance} onClick={() => onDo({ advance })}>
                {amount} {t(`unit.${unit}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {held &&
        (["resolved", "returned"] as const).map((port) => (
          <button key={port} type="button" disabled={busy} onClick={() => onDo({ handback: port })}>
            {t(`chat.${port}`)}
          </button>
        ))}
    </div>
  );
}

function zoneOf(flow: FlowDocument): string {
  const zone = flow.settings?.timezone;
  return typeof zone === "string" && zone ? zone : "UTC";
}
