/** Options to tap: what is shown, what is saved, what else is understood. */
import { useTranslation } from "react-i18next";
import type { FlowDocument, Text } from "../../document";
import { useField, useForm } from "../form/context";
import { GroupFaults } from "../form/Faults";
import classes from "../form/Form.module.css";
import { KeyInput } from "../form/Pairs";
import { Sortable } from "../form/Sortable";
import { labelOf, TextField, WordsField } from "../form/Texts";
import { ValueInput } from "../form/Values";
import { type Path, pointerOf, valueAt, withValue } from "../model/path";
import { freeId, isKey, moved, slug, withId, without } from "../model/ports";
import { reordered } from "../model/texts";

export interface Option {
  id: string;
  label: Text;
  description?: Text;
  value?: unknown;
}

const FRESH = /^option(_\d+)?$/;

export function OptionsList({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit, node, locale, issues } = useForm();
  const { value = [] } = useField<Option[]>(path);
  const ids = value.map(({ id }) => id);
  const nameOf = (at: number) => labelOf(value[at]?.label, locale) || value[at]?.id || "";
  const key = node ?? "";
  // Until a line leaves by it, an option is called after what it says.
  const settle = (at: number) => {
    const option = value[at];
    if (!option || !FRESH.test(option.id) || flow.nodes[key]?.to?.[option.id]) return;
    const wanted = slug(labelOf(option.label, flow.locales.default));
    const rest = ids.filter((_, one) => one !== at);
    if (wanted && wanted !== option.id) edit((now) => withId(now, key, [...path, at], freeId(rest, wanted)));
  };
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.options")}</p>
      <p className={classes.help}>{t("help.options")}</p>
      <Sortable
        count={value.length}
        nameOf={nameOf}
        faulty={(at) =>
          issues.some(
            ({ pointer, severity }) => severity === "error" && pointer.startsWith(`${pointerOf([...path, at])}`),
          )
        }
        head={(at) => (
          <TextField
            path={[...path, at, "label"]}
            label={t("optionNo", { n: at + 1 })}
            hidden
            holes={false}
            onLeave={() => settle(at)}
          />
        )}
        body={(at) => <OptionDetails path={[...path, at]} ids={ids} />}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) => edit((now) => without(now, key, path, at))}
        onAdd={() => edit((now) => withValue(now, [...path, value.length], { id: freeId(ids, "option"), label: {} }))}
        add={t("addOption")}
        most={30}
      />
      <GroupFaults path={path} />
      <MissingValues path={path} options={value} />
    </div>
  );
}

function OptionDetails({ path, ids }: { path: Path; ids: readonly string[] }) {
  const { t } = useTranslation("flowPanels");
  const { edit, node, flow } = useForm();
  const { value } = useField<Option>(path);
  const saved = useField([...path, "value"]);
  const key = node ?? "";
  const mode = value?.value === undefined || value.value === "@id" ? "id" : value.value === null ? "nothing" : "other";
  const save = valueAt(flow, ["nodes", key, "save"]);
  const spec = typeof save === "string" ? flow.variables?.[save] : undefined;
  return (
    <>
      <TextField
        path={[...path, "description"]}
        label={t("field.description")}
        description={t("help.option_description")}
      />
      <WordsField path={[...path, "synonyms"]} label={t("field.synonyms")} description={t("help.synonyms")} />
      <KeyInput
        label={t("optionId")}
        description={t("help.optionId")}
        hidden={false}
        value={value?.id ?? ""}
        taken={ids}
        check={isKey}
        onChange={(id) => edit((now) => withId(now, key, path, id))}
      />
      <div>
        <p className={classes.label}>{t("savedAs")}</p>
        <div className={classes.radios} role="radiogroup" aria-label={t("savedAs")}>
          {(["id", "other", "nothing"] as const).map((each) => (
            <label key={each}>
              <input
                type="radio"
                name={pointerOf(path)}
                checked={mode === each}
                onChange={() => saved.set(each === "id" ? undefined : each === "nothing" ? null : (value?.id ?? ""))}
              />
              {each === "id" ? t("saved.id", { id: value?.id ?? "" }) : t(`saved.${each}`)}
            </label>
          ))}
        </div>
        {mode === "other" && (
          <ValueInput
            label={t("savedAs")}
            value={value?.value}
            onChange={(next) => saved.set(next ?? "")}
            spec={spec}
          />
        )}
      </div>
      <GroupFaults path={path} />
    </>
  );
}

/** A variable that takes only certain values must know those of the options. */
function MissingValues({ path, options }: { path: Path; options: readonly Option[] }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit, node } = useForm();
  const save = valueAt(flow, ["nodes", node ?? "", "save"]);
  const spec = typeof save === "string" ? flow.variables?.[save] : undefined;
  if (spec?.type !== "enum" || path.at(-2) !== "expect") return null;
  const missing = options
    .map(({ id, value }) => (value === undefined || value === "@id" ? id : value))
    .filter((one): one is string => typeof one === "string" && !spec.values?.includes(one));
  if (missing.length === 0) return null;
  const add = (now: FlowDocument) =>
    withValue(now, ["variables", String(save), "values"], [...(spec.values ?? []), ...new Set(missing)]);
  return (
    <p className={classes.warn}>
      <span>
        {t("missingValues", { name: String(save), values: missing.join(", ") })}{" "}
        <button type="button" className="linkish" onClick={() => edit(add)}>
          {t("addThem")}
        </button>
      </span>
    </p>
  );
}
