/** A question: what is asked, what counts as an answer, where it is kept, and what happens otherwise. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useField, useForm } from "../form/context";
import { Expression } from "../form/Expression";
import { GroupFaults, useFaultProps } from "../form/Faults";
import { Fold } from "../form/Fold";
import classes from "../form/Form.module.css";
import { Amount, Flag } from "../form/Inputs";
import { DurationField, VariableField } from "../form/Picks";
import { ChannelPreview } from "../form/Preview";
import { ChannelSays, SayField } from "../form/Say";
import { Fields } from "../form/SchemaForm";
import { Sortable } from "../form/Sortable";
import { StepsField } from "../form/Steps";
import { labelOf, WordsField } from "../form/Texts";
import { useFieldWords } from "../form/words";
import { type Path, pointerOf, valueAt, withValue } from "../model/path";
import { moved } from "../model/ports";
import { reordered } from "../model/texts";
import { TYPE_OF_ANSWER } from "../model/variables";
import { count } from "./Message";
import { type Option, OptionsList } from "./Options";

export const ANSWERS = [
  "text",
  "choice",
  "yes_no",
  "number",
  "phone",
  "email",
  "date",
  "datetime",
  "media",
  "location",
];
const TAPS = new Set(["choice", "yes_no"]);

export function AskForm({ node }: { node: string }) {
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const path = ["nodes", node];
  const expect = (useField<Record<string, unknown>>([...path, "expect"]).value ?? {}) as {
    type?: string;
    options?: Option[];
    skip?: object;
    reject?: unknown[];
  };
  const type = expect.type ?? "text";
  const options = expect.options ?? [];
  const at = (name: string) => valueAt(flow, [...path, name]);
  const listed = (name: string) => count((at(name) as unknown[] | undefined)?.length ?? 0);
  const shown =
    type === "yes_no" && options.length === 0
      ? [
          { id: "yes", label: t("yes") },
          { id: "no", label: t("no") },
        ]
      : options.map((one) => ({
          id: one.id,
          label: labelOf(one.label, locale) || one.id,
          description: one.description && labelOf(one.description, locale),
        }));
  const values = options.map(({ id, value }) => (typeof value === "string" && value !== "@id" ? value : id));
  return (
    <>
      <SayField path={[...path, "say"]} label={t("field.ask_say")} />
      <AnswerType path={[...path, "expect"]} />
      {type === "choice" && <OptionsList path={[...path, "expect", "options"]} />}
      <Range path={[...path, "expect"]} type={type} />
      <VariableField
        path={[...path, "save"]}
        label={t("field.save")}
        description={t("help.save")}
        type={TYPE_OF_ANSWER[type]}
        values={type === "choice" ? values : undefined}
        writes
      />
      <ChannelPreview path={path} options={shown} />
      <Fold title={t("ifNotUnderstood")} note={listed("no_match")} path={path} names={["retries", "no_match"]}>
        <Fields node={node} under={["retries"]} names={["max"]} />
        <StepsField path={[...path, "no_match"]} label={t("field.no_match")} description={t("help.no_match")} />
      </Fold>
      <Fold title={t("ifSilent")} note={listed("no_input")} path={path} names={["no_input", "give_up"]}>
        <StepsField path={[...path, "no_input"]} label={t("field.no_input")} description={t("help.no_input")} timed />
        <DurationField
          path={[...path, "give_up"]}
          label={t("field.give_up")}
          description={t("help.give_up")}
          optional
        />
      </Fold>
      <Fold
        title={t("rules")}
        note={count(expect.reject?.length ?? 0)}
        path={[...path, "expect"]}
        names={["reject", "skip", "pattern_re2"]}
      >
        <Fields node={node} names={["prefill"]} />
        <WordsField path={[...path, "expect", "skip"]} label={t("field.skip")} description={t("help.skip")} />
        <Rejects path={[...path, "expect", "reject"]} />
        <Flag path={[...path, "digress"]} label={t("field.digress")} help={t("help.digress")} given />
      </Fold>
      <Fold
        title={t("perChannel")}
        note={count(Object.keys((at("channels") as object | undefined) ?? {}).length)}
        path={path}
        names={["channels"]}
      >
        <ChannelSays path={[...path, "channels"]} />
      </Fold>
      <Fold title={t("advanced")} path={path} names={["render"]}>
        {TAPS.has(type) && <Fields node={node} under={["render"]} names={["header", "footer", "menu"]} />}
        <Fields
          node={node}
          under={["expect"]}
          names={
            type === "yes_no"
              ? ["says_yes", "says_no", "understand"]
              : type.startsWith("date")
                ? ["past", "understand"]
                : ["pattern_re2", "understand"]
          }
        />
      </Fold>
    </>
  );
}

/** Choosing among options begins with two; another kind of answer has none. */
function AnswerType({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const words = useFieldWords();
  const { edit } = useForm();
  const { value } = useField<string>([...path, "type"]);
  const change = (type: string) =>
    edit((now) => {
      const made = withValue(now, [...path, "type"], type);
      const options = valueAt(made, [...path, "options"]) as unknown[] | undefined;
      if (type !== "choice") return withValue(made, [...path, "options"], undefined);
      const begun = [
        { id: "option", label: {} },
        { id: "option_2", label: {} },
      ];
      return options?.length ? made : withValue(made, [...path, "options"], begun);
    });
  return (
    <Select
      label={t("field.expect_type")}
      data={ANSWERS.map((each) => ({ value: each, label: words.choice(`answer_${each}`) }))}
      value={value ?? "text"}
      allowDeselect={false}
      onChange={(next) => next && next !== value && change(next)}
      comboboxProps={{ withinPortal: true }}
      {...useFaultProps([...path, "type"])}
    />
  );
}

function Range({ path, type }: { path: Path; type: string }) {
  const { t } = useTranslation("flowPanels");
  if (type !== "text" && type !== "number") return null;
  const whole = type === "text";
  const schema = { type: whole ? "integer" : "number", ...(whole ? { minimum: 0 } : {}) };
  return (
    <div className={classes.pair}>
      <Amount path={[...path, "min"]} label={t(whole ? "shortest" : "field.min")} schema={schema} given={null} />
      <Amount path={[...path, "max"]} label={t(whole ? "longest" : "field.max")} schema={schema} given={null} />
    </div>
  );
}

/** Rules that turn an answer down, with what is said then. */
function Rejects({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = [] } = useField<unknown[]>(path);
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.reject")}</p>
      <p className={classes.help}>{t("help.reject")}</p>
      <Sortable
        count={value.length}
        nameOf={(at) => `${t("field.reject")} ${at + 1}`}
        body={(at) => (
          <div className={classes.fields}>
            <Expression path={[...path, at, "if"]} label={t("field.if")} description={t("help.if")} />
            <SayField path={[...path, at, "say"]} label={t("field.say")} lines={2} />
          </div>
        )}
        onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
        onRemove={(at) =>
          edit((now) =>
            value.length === 1
              ? withValue(now, path, undefined)
              : reordered(
                  now,
                  path,
                  value.map((_, one) => one).filter((one) => one !== at),
                ),
          )
        }
        onAdd={() =>
          edit((now) => withValue(now, [...path, value.length], { if: "", say: [{ kind: "text", text: {} }] }))
        }
        add={t("addReject")}
      />
      <GroupFaults path={path} />
    </div>
  );
}
