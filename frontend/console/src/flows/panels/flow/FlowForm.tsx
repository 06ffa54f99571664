/** The flow itself: name, channels, languages, what moves the conversation from anywhere, what happens when it goes wrong. */
import { Checkbox, MultiSelect, SegmentedControl, Select, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "../../../i18n";
import type { PanelProps } from "../../document";
import { Panel, useField, useForm } from "../form/context";
import { GroupFaults, useFaultProps } from "../form/Faults";
import { Fold } from "../form/Fold";
import classes from "../form/Form.module.css";
import { DurationField, TargetField } from "../form/Picks";
import { StepsField } from "../form/Steps";
import { CHANNELS } from "../model/channels";
import { withValue } from "../model/path";
import { count } from "../nodes/Message";
import own from "../nodes/NodePanel.module.css";
import { TriggersList } from "./Triggers";

const HANDLERS = ["no_match", "no_input", "unsupported", "error", "timeout", "stale_tap", "handback"] as const;

export function FlowForm(props: PanelProps) {
  return (
    <Panel {...props}>
      <div className={own.panel}>
        <Basics />
        <Languages />
        <Triggers />
        <Handlers />
        <InOut />
        <Timing />
      </div>
    </Panel>
  );
}

function Basics() {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const name = useField<string>(["name"]);
  const kind = useField<string>(["kind"]);
  const channels = useField<string[]>(["channels"]);
  return (
    <section className={classes.fields}>
      <TextInput
        label={t("flow.name")}
        description={t("flow.key", { key: flow.key })}
        maxLength={120}
        value={name.value ?? ""}
        onChange={(event) => name.set(event.currentTarget.value || undefined)}
        {...useFaultProps(["name"])}
      />
      <div>
        <p className={classes.label} id="flow-kind">
          {t("flow.kind")}
        </p>
        <SegmentedControl
          fullWidth
          aria-labelledby="flow-kind"
          data={[
            { value: "main", label: t("flow.main") },
            { value: "sub", label: t("flow.sub") },
          ]}
          value={kind.value ?? "main"}
          onChange={(next) => kind.set(next === "main" ? undefined : next)}
        />
        <p className={classes.note}>{t(kind.value === "sub" ? "flow.subNote" : "flow.mainNote")}</p>
      </div>
      <TargetField path={["entry"]} label={t("flow.entry")} />
      <Checkbox.Group
        label={t("flow.channels")}
        value={[...(channels.value ?? CHANNELS)]}
        onChange={(next) => next.length > 0 && channels.set(CHANNELS.filter((one) => next.includes(one)))}
        {...useFaultProps(["channels"])}
      >
        <div className={classes.checks}>
          {CHANNELS.map((one) => (
            <Checkbox key={one} value={one} label={t(`channel.${one}`)} />
          ))}
        </div>
      </Checkbox.Group>
    </section>
  );
}

export function languageName(locale: string): string {
  return locale in LANGUAGES ? LANGUAGES[locale as keyof typeof LANGUAGES] : locale;
}

function Languages() {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const { default: first, supported, fallback = {} } = flow.locales;
  const offered = [...new Set([...Object.keys(LANGUAGES), ...supported])].map((value) => ({
    value,
    label: languageName(value),
  }));
  const setSupported = (next: string[]) => {
    if (next.length === 0) return;
    edit((now) => {
      const made = withValue(now, ["locales", "supported"], next);
      return next.includes(now.locales.default) ? made : withValue(made, ["locales", "default"], next[0]);
    });
  };
  const setFallback = (locale: string, next: string[]) =>
    edit((now) => withValue(now, ["locales", "fallback", locale], next.length > 0 ? next : undefined));
  return (
    <section className={classes.fields} data-pointer="/locales">
      <MultiSelect
        label={t("flow.languages")}
        data={offered}
        value={[...supported]}
        onChange={setSupported}
        comboboxProps={{ withinPortal: true }}
        {...useFaultProps(["locales", "supported"])}
      />
      <Select
        label={t("flow.default")}
        description={t("flow.defaultNote")}
        data={supported.map((value) => ({ value, label: languageName(value) }))}
        value={first}
        allowDeselect={false}
        onChange={(next) => next && edit((now) => withValue(now, ["locales", "default"], next))}
        comboboxProps={{ withinPortal: true }}
        {...useFaultProps(["locales", "default"])}
      />
      {supported.length > 1 && (
        <Fold title={t("flow.fallback")} note={count(Object.keys(fallback).length)}>
          <p className={classes.note}>{t("flow.fallbackNote", { name: languageName(first) })}</p>
          {supported
            .filter((one) => one !== first)
            .map((one) => (
              <MultiSelect
                key={one}
                label={languageName(one)}
                placeholder={fallback[one]?.length ? undefined : languageName(first)}
                data={supported
                  .filter((other) => other !== one)
                  .map((value) => ({ value, label: languageName(value) }))}
                value={[...(fallback[one] ?? [])]}
                onChange={(next) => setFallback(one, next)}
                comboboxProps={{ withinPortal: true }}
              />
            ))}
        </Fold>
      )}
    </section>
  );
}

function Triggers() {
  return (
    <section>
      <TriggersList />
    </section>
  );
}

function Handlers() {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  return (
    <section className={classes.fields}>
      <div>
        <p className={classes.label}>{t("flow.handlers")}</p>
        <p className={classes.help}>{t("flow.handlersNote")}</p>
      </div>
      {HANDLERS.map((kind) => (
        <Fold
          key={kind}
          title={t(`handler.${kind}`)}
          note={count(flow.handlers?.[kind]?.length ?? 0) ?? t("flow.builtIn")}
          path={["handlers"]}
          names={[kind]}
        >
          <StepsField
            path={["handlers", kind]}
            label={t(`handler.${kind}`)}
            description={t(`handlerNote.${kind}`)}
            timed={kind === "no_input"}
          />
        </Fold>
      ))}
      <GroupFaults path={["handlers"]} />
    </section>
  );
}

/** What a sub-flow is given and gives back. */
function InOut() {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const inputs = useField<string[]>(["inputs"]);
  const outputs = useField<string[]>(["outputs"]);
  const inFaults = useFaultProps(["inputs"]);
  const outFaults = useFaultProps(["outputs"]);
  if (flow.kind !== "sub") return null;
  const names = Object.keys(flow.variables ?? {}).filter((name) => name.startsWith("slots."));
  const common = { data: names, dir: "ltr" as const, acceptValueOnBlur: true, comboboxProps: { withinPortal: true } };
  return (
    <section className={classes.fields}>
      <TagsInput
        {...common}
        label={t("flow.inputs")}
        description={t("flow.inputsNote")}
        value={[...(inputs.value ?? [])]}
        onChange={(next) => inputs.set(next.length > 0 ? next : undefined)}
        {...inFaults}
      />
      <TagsInput
        {...common}
        label={t("flow.outputs")}
        description={t("flow.outputsNote")}
        value={[...(outputs.value ?? [])]}
        onChange={(next) => outputs.set(next.length > 0 ? next : undefined)}
        {...outFaults}
      />
    </section>
  );
}

function Timing() {
  const { t } = useTranslation("flowPanels");
  const zone = useField<string>(["settings", "timezone"]);
  return (
    <Fold title={t("advanced")} path={[]} names={["settings"]}>
      <Select
        label={t("flow.timezone")}
        data={[...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", ...(zone.value ? [zone.value] : [])])]}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("clear") }}
        limit={60}
        value={zone.value ?? null}
        onChange={(next) => zone.set(next ?? undefined)}
        comboboxProps={{ withinPortal: true }}
      />
      <DurationField
        path={["settings", "debounce"]}
        label={t("flow.debounce")}
        description={t("flow.debounceNote")}
        optional
        least={0}
      />
      <DurationField
        path={["settings", "idle_end"]}
        label={t("flow.idleEnd")}
        description={t("flow.idleEndNote")}
        optional
      />
    </Fold>
  );
}
