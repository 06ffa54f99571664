/** Words that move the conversation from anywhere. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Trigger } from "../../document";
import { useField, useForm } from "../form/context";
import { GroupFaults } from "../form/Faults";
import classes from "../form/Form.module.css";
import { KeyInput } from "../form/Pairs";
import { TargetField } from "../form/Picks";
import { Sortable } from "../form/Sortable";
import { LineField, WordsField } from "../form/Texts";
import { type Path, pointerOf, withValue } from "../model/path";
import { freeId, isKey, moved } from "../model/ports";
import { reordered } from "../model/texts";
import own from "../nodes/Cases.module.css";

const CLASSES = ["hard", "soft", "digress"] as const;
const DOES = ["goto", "call", "restart", "opt_out"] as const;

export function TriggersList() {
  const { t } = useTranslation("flowPanels");
  const { edit, locale, issues } = useForm();
  const path = ["triggers"];
  const { value = [] } = useField<Trigger[]>(path);
  const ids = value.map(({ id }) => id);
  const told = (one: Trigger | undefined) =>
    [...(one?.keywords?.[locale] ?? []), ...(one?.examples?.[locale] ?? [])].join(", ") ||
    one?.intent ||
    t("nothingYet");
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("flow.triggers")}</p>
      <p className={classes.help}>{t("flow.triggersNote")}</p>
      <Sortable
        count={value.length}
        nameOf={(at) => value[at]?.id ?? ""}
        faulty={(at) =>
          issues.some(
            ({ pointer, severity }) => severity === "error" && pointer.startsWith(`${pointerOf([...path, at])}/`),
          )
        }
        head={(at) => (
          <div className={own.case}>
            <p className={classes.triggerName}>
              <bdi>{value[at]?.id}</bdi>
              <span data-class={value[at]?.class}>{t(`trigger.${value[at]?.class ?? "soft"}`)}</span>
            </p>
            <p className={own.sentence}>{told(value[at])}</p>
          </div>
        )}
        body={(at) => <TriggerFields path={[...path, at]} ids={ids} />}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) =>
          edit((now) =>
            reordered(
              now,
              path,
              value.map((_, one) => one).filter((one) => one !== at),
            ),
          )
        }
        onAdd={() =>
          edit((now) =>
            withValue(now, [...path, value.length], { id: freeId(ids, "trigger"), class: "soft", keywords: {} }),
          )
        }
        add={t("flow.addTrigger")}
      />
    </div>
  );
}

function TriggerFields({ path, ids }: { path: Path; ids: readonly string[] }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value } = useField<Trigger>(path);
  const kind = value?.class ?? "soft";
  const act = value?.do ?? "goto";
  const set = (name: string, next: unknown) => edit((now) => withValue(now, [...path, name], next));
  return (
    <>
      <KeyInput
        label={t("field.name")}
        hidden={false}
        value={value?.id ?? ""}
        taken={ids}
        check={isKey}
        onChange={(id) => set("id", id)}
      />
      <div>
        <p className={classes.label}>{t("trigger.strength")}</p>
        <div className={classes.cards} role="radiogroup" aria-label={t("trigger.strength")}>
          {CLASSES.map((each) => (
            <label key={each} data-checked={kind === each || undefined}>
              <input type="radio" name={pointerOf(path)} checked={kind === each} onChange={() => set("class", each)} />
              <span>
                <strong>{t(`trigger.${each}`)}</strong>
                <small>{t(`triggerNote.${each}`)}</small>
              </span>
            </label>
          ))}
        </div>
      </div>
      <WordsField
        path={[...path, "keywords"]}
        label={t("field.keywords")}
        description={t(value?.mode === "phrase" ? "trigger.phraseNote" : "trigger.exactNote")}
      />
      <Select
        label={t("trigger.mode")}
        data={[
          { value: "exact", label: t("trigger.exact") },
          { value: "phrase", label: t("trigger.phrase") },
        ]}
        value={value?.mode ?? "exact"}
        allowDeselect={false}
        onChange={(next) => set("mode", next === "exact" ? undefined : next)}
        comboboxProps={{ withinPortal: true }}
      />
      <WordsField path={[...path, "examples"]} label={t("field.examples")} description={t("help.examples")} sentences />
      <LineField
        path={[...path, "intent"]}
        label={t("field.intent")}
        description={t("trigger.intentNote")}
        lines={2}
        maxLength={400}
      />
      <Select
        label={t("trigger.do")}
        data={DOES.map((each) => ({ value: each, label: t(`triggerDo.${each}`) }))}
        value={act}
        allowDeselect={false}
        onChange={(next) => set("do", next === "goto" ? undefined : next)}
        comboboxProps={{ withinPortal: true }}
      />
      {act !== "restart" && (
        <TargetField path={[...path, "to"]} label={t(act === "opt_out" ? "thenGoTo" : "trigger.to")} />
      )}
      <GroupFaults path={path} />
    </>
  );
}
