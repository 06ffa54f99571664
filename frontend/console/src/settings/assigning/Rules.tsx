import type { Assignment, Policy } from "@frontdesk/shared";
import { Button, NumberInput, SegmentedControl, Switch, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTellProblem } from "../../app/Problem";
import { LANGUAGES } from "../../i18n";
import { Block } from "../Block";
import { useSavePolicy } from "../queries";
import classes from "../Settings.module.css";
import own from "./Assigning.module.css";

const OFF: Assignment = {
  round_robin: false,
  capacity: 10,
  sticky: true,
  escalate_minutes: null,
  escalate_to: "admins",
  fallback_minutes: null,
  fallback: {},
};
const USUAL_MINUTES = { escalate_minutes: 10, fallback_minutes: 20 };
const LONGEST = 7 * 24 * 60;

export function Rules({ policy, mayEdit }: { policy: Policy; mayEdit: boolean }) {
  const { t } = useTranslation();
  const save = useSavePolicy();
  const tell = useTellProblem();
  const before = { ...OFF, ...policy.assignment };
  const [rules, setRules] = useState(before);
  const set = (change: Partial<Assignment>) => setRules((old) => ({ ...old, ...change }));
  const changed = JSON.stringify(rules) !== JSON.stringify(before);
  const submit = () => {
    const fallback = Object.fromEntries(Object.entries(rules.fallback).filter(([, words]) => words.trim()));
    save.mutate(
      { ...policy, assignment: { ...rules, fallback } },
      { onError: tell, onSuccess: () => notifications.show({ message: t("settings.saved") }) },
    );
  };
  return (
    <fieldset disabled={!mayEdit} className={own.fields}>
      <Block title={t("assign.settings.title")} text={mayEdit ? t("assign.settings.text") : t("settings.forAdmins")}>
        <div className={classes.body}>
          <Rule
            title={t("assign.settings.inTurn")}
            hint={t("assign.settings.inTurnHint")}
            on={rules.round_robin}
            onTurn={(round_robin) => set({ round_robin })}
          >
            <NumberInput
              label={t("assign.settings.capacity")}
              min={1}
              max={1000}
              clampBehavior="strict"
              allowDecimal={false}
              w={280}
              value={rules.capacity}
              onChange={(value) => set({ capacity: Number(value) || 1 })}
            />
            <Switch
              label={t("assign.settings.sticky")}
              description={t("assign.settings.stickyHint")}
              checked={rules.sticky}
              onChange={(event) => set({ sticky: event.currentTarget.checked })}
            />
          </Rule>
          <Timed name="escalate_minutes" title={t("assign.settings.escalate")} rules={rules} onSet={set}>
            <To value={rules.escalate_to} disabled={!mayEdit} onChange={(escalate_to) => set({ escalate_to })} />
          </Timed>
          <Timed name="fallback_minutes" title={t("assign.settings.fallback")} rules={rules} onSet={set}>
            <Words value={rules.fallback} onChange={(fallback) => set({ fallback })} />
          </Timed>
        </div>
        {mayEdit && (
          <footer className={classes.bar}>
            {changed && <span className={classes.note}>{t("hours.unsaved")}</span>}
            <Button onClick={submit} loading={save.isPending} disabled={!changed}>
              {t("settings.save")}
            </Button>
          </footer>
        )}
      </Block>
    </fieldset>
  );
}

interface RuleProps {
  title: string;
  hint?: string;
  on: boolean;
  onTurn: (on: boolean) => void;
  children: ReactNode;
}

/** Something that is on or off, with what there is to say of it while it is on. */
function Rule({ title, hint, on, onTurn, children }: RuleProps) {
  return (
    <section className={own.rule}>
      <Switch
        label={title}
        description={hint}
        checked={on}
        onChange={(event) => onTurn(event.currentTarget.checked)}
        styles={{ label: { fontWeight: 600 } }}
      />
      {on && <div className={own.more}>{children}</div>}
    </section>
  );
}

interface TimedProps {
  name: keyof typeof USUAL_MINUTES;
  title: string;
  rules: Assignment;
  onSet: (change: Partial<Assignment>) => void;
  children: ReactNode;
}

function Timed({ name, title, rules, onSet, children }: TimedProps) {
  const { t } = useTranslation();
  const minutes = rules[name];
  return (
    <Rule title={title} on={minutes !== null} onTurn={(on) => onSet({ [name]: on ? USUAL_MINUTES[name] : null })}>
      <NumberInput
        label={t("assign.settings.after")}
        min={1}
        max={LONGEST}
        clampBehavior="strict"
        allowDecimal={false}
        w={280}
        value={minutes ?? 1}
        onChange={(value) => onSet({ [name]: Number(value) || 1 })}
      />
      {children}
    </Rule>
  );
}

interface ToProps {
  value: Assignment["escalate_to"];
  disabled: boolean;
  onChange: (to: Assignment["escalate_to"]) => void;
}

function To({ value, disabled, onChange }: ToProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div>
      <p id={id} className={classes.label}>
        {t("assign.settings.to")}
      </p>
      <SegmentedControl
        aria-labelledby={id}
        disabled={disabled}
        value={value}
        onChange={(to) => onChange(to as Assignment["escalate_to"])}
        data={(["admins", "everyone"] as const).map((to) => ({ value: to, label: t(`assign.settings.${to}`) }))}
      />
    </div>
  );
}

function Words({
  value,
  onChange,
}: {
  value: Record<string, string>;
  onChange: (words: Record<string, string>) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className={own.words}>
      <p className={classes.label}>{t("assign.settings.words")}</p>
      <p className={classes.note}>{t("assign.settings.wordsHint")}</p>
      {Object.entries(LANGUAGES).map(([language, name]) => (
        <Textarea
          key={language}
          label={name}
          lang={language}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={1000}
          value={value[language] ?? ""}
          onChange={(event) => onChange({ ...value, [language]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
