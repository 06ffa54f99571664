/** A form for any node type, drawn from its JSON Schema. */
import { useTranslation } from "react-i18next";
import { isRecord, type Path, pointerOf, valueAt, withValue } from "../model/path";
import { freeId, isKey, moved, withId, without } from "../model/ports";
import { blank, type FieldOf, fieldsOf, pointless, resolve, type Schema, shapeOf, valuesOf } from "../model/schema";
import { reordered } from "../model/texts";
import { AssignList } from "../nodes/Assign";
import { CasesList } from "../nodes/Cases";
import { ChecksList } from "../nodes/Checks";
import { IntentsList } from "../nodes/Intents";
import { OptionsList } from "../nodes/Options";
import { useField, useForm } from "./context";
import { Expression } from "./Expression";
import { GroupFaults } from "./Faults";
import { Fold } from "./Fold";
import classes from "./Form.module.css";
import { Amount, Choice, Choices, Flag, Tags } from "./Inputs";
import { BodyField, KeyInput, Pairs } from "./Pairs";
import {
  CatalogField,
  DurationField,
  FlowField,
  Optional,
  PipelineField,
  StageField,
  TargetField,
  VariableField,
} from "./Picks";
import { ChannelSays, SayField, SayList } from "./Say";
import { Sortable } from "./Sortable";
import { StepsField } from "./Steps";
import { LineField, TextField, WordsField } from "./Texts";
import { ValueField } from "./Values";
import { useFieldWords } from "./words";

interface FormProps {
  schema: Schema;
  path: Path;
  /** Fields that are drawn elsewhere. */
  except?: readonly string[];
  /** Only these, in this order. */
  only?: readonly string[];
}

/** Fields of an object: what is needed first, advanced ones folded away. */
export function SchemaForm({ schema, path, except = [], only }: FormProps) {
  const all = fieldsOf(schema).filter(({ name }) => !except.includes(name));
  const chosen = only ? only.flatMap((name) => all.filter((field) => field.name === name)) : all;
  const shown = only ? chosen : chosen.filter(({ advanced }) => !advanced);
  const folded = only ? [] : chosen.filter(({ advanced }) => advanced);
  return (
    <>
      {shown.map((field) => (
        <SchemaField key={field.name} field={field} path={[...path, field.name]} />
      ))}
      {folded.length > 0 && <Advanced fields={folded} path={path} />}
    </>
  );
}

export function Advanced({
  fields,
  path,
  title = "advanced",
}: {
  fields: readonly FieldOf[];
  path: Path;
  title?: "advanced" | "common";
}) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const set = fields.filter(({ name }) => valueAt(flow, [...path, name]) !== undefined).length;
  return (
    <Fold
      title={t(title)}
      note={set > 0 ? t("nSet", { n: set }) : undefined}
      path={path}
      names={fields.map(({ name }) => name)}
    >
      {fields.map((field) => (
        <SchemaField key={field.name} field={field} path={[...path, field.name]} />
      ))}
    </Fold>
  );
}

/** Fields of the node by their names, as its schema draws them. */
export function Fields({
  node,
  names,
  under = [],
}: {
  node: string;
  names: readonly string[];
  under?: readonly string[];
}) {
  const { root } = useForm();
  const schema = under.reduce((outer, name) => shapeOf(outer.properties?.[name] ?? {}, root).schema, root);
  return <SchemaForm schema={schema} path={["nodes", node, ...under]} only={names} />;
}

export function SchemaField({ field, path }: { field: FieldOf; path: Path }) {
  const { root, type } = useForm();
  const words = useFieldWords();
  const shape = shapeOf(field.schema, root);
  // A field within another may be called otherwise there, and in one type of node.
  const owner = path.length > 3 ? String(path.at(-2)) : type?.type;
  const label = words.label(field.name, owner);
  const help = words.help(field.name, owner);
  const common = { path, label, description: help };
  const optional = shape.nullable || !field.required;
  switch (shape.widget) {
    case "text-i18n":
      return <TextField {...common} lines={field.name === "text" ? 3 : 1} />;
    case "words-i18n":
      return <WordsField {...common} sentences={field.name === "examples"} />;
    case "say":
      return <SayField {...common} optional={optional} />;
    case "variable":
      return <VariableField {...common} writes={field.name === "save"} />;
    case "template":
      return <LineField {...common} holes keep={shape.default !== undefined && shape.default !== null} />;
    case "expression":
      return <Expression {...common} optional={optional} />;
    case "duration":
      return <DurationField {...common} optional={optional} />;
    case "options":
      return <OptionsList path={path} />;
    case "cases":
      return <CasesList path={path} />;
    case "assign":
      return <AssignList path={path} />;
    case "flow":
      return <FlowField {...common} />;
    case "connection":
      return <CatalogField kind="connections" {...common} />;
    case "pipeline":
      return <PipelineField {...common} />;
    case "stage":
      return <StageField {...common} />;
    case "queue":
      return <CatalogField kind="queues" fallback="default" {...common} />;
    case "knowledge":
      return <CatalogField kind="knowledge" many {...common} />;
    case "model":
      return <CatalogField kind="models" fallback={shape.nullable ? undefined : "default"} {...common} />;
    case "tools":
      return <CatalogField kind="tools" many {...common} />;
    case "message-template":
      return <CatalogField kind="templates" {...common} />;
    case "asset":
      return <CatalogField kind="assets" {...common} />;
    case "fields":
      return <FieldsMap {...common} />;
    case "json-template":
      return <BodyField {...common} />;
    case "multiline":
      return <LineField {...common} lines={4} holes={type?.type !== "note"} keep />;
    case "target":
      return <TargetField {...common} />;
    default:
      return <ByType field={field} path={path} label={label} help={help} />;
  }
}

function FieldsMap({ path, label, description }: { path: Path; label: string; description?: string }) {
  const { t } = useTranslation("flowPanels");
  return (
    <Pairs
      path={path}
      label={label}
      description={description}
      add={t("addField")}
      begin={{ $var: "" }}
      keyLabel={t("fieldName")}
      valueLabel={t("fieldValue")}
    />
  );
}

interface TypeProps {
  field: FieldOf;
  path: Path;
  label: string;
  help?: string;
}

/** What the server named no widget for. */
function ByType({ field, path, label, help }: TypeProps) {
  const { root, type } = useForm();
  const { widget, schema, default: given, nullable } = shapeOf(field.schema, root);
  switch (widget) {
    case "choice":
      return <Choice path={path} label={label} help={help} values={(schema.enum ?? []).map(String)} given={given} />;
    case "choices":
      return (
        <Choices path={path} label={label} help={help} values={(schema.items?.enum ?? []).map(String)} given={given} />
      );
    case "flag":
      return <Flag path={path} label={label} help={help} given={given === true} />;
    case "number":
      return <Amount path={path} label={label} help={help} schema={schema} given={given} />;
    case "line":
      return (
        <LineField
          path={path}
          label={label}
          description={help}
          keep={field.required}
          lines={field.name === "note" ? 2 : 1}
          maxLength={schema.maxLength}
        />
      );
    case "tags":
      return (
        <Tags
          path={path}
          label={label}
          help={help}
          given={given}
          known={field.name === "guards" ? "guards" : undefined}
        />
      );
    case "map":
      if (field.name === "channels") return <ChannelSays path={path} />;
      return <PlainMap path={path} label={label} help={help} schema={schema} />;
    case "list":
      if (field.name === "intents" && type?.type === "router") return <IntentsList path={path} />;
      if (field.name === "variants") return <Variants path={path} label={label} help={help} />;
      return <PlainList path={path} label={label} help={help} schema={schema} />;
    case "object":
      return <Inner path={path} label={label} schema={schema} optional={nullable} />;
    default:
      return <ValueField path={path} label={label} />;
  }
}

function Variants({ path, label, help }: { path: Path; label: string; help?: string }) {
  const { t } = useTranslation("flowPanels");
  return <SayList path={path} label={label} description={help} add={t("addVariant")} />;
}

/** An object within: its fields, begun first where it may be left out. */
function Inner({ path, label, schema, optional }: { path: Path; label: string; schema: Schema; optional: boolean }) {
  const { t } = useTranslation("flowPanels");
  const { root, flow } = useForm();
  const except = pointless(schema, valueAt(flow, [...path, "type"]));
  const fields = (
    <fieldset className={classes.group} data-pointer={pointerOf(path)}>
      <legend>{label}</legend>
      <SchemaForm schema={schema} path={path} except={except} />
      <GroupFaults path={path} />
    </fieldset>
  );
  if (!optional) return fields;
  return (
    <Optional path={path} begin={blank(schema, root)} add={t("addNamed", { name: label })}>
      {fields}
    </Optional>
  );
}

function PlainMap({ path, label, help, schema }: { path: Path; label: string; help?: string; schema: Schema }) {
  const { t } = useTranslation("flowPanels");
  const { root } = useForm();
  const values = valuesOf(schema, root);
  const variables = Object.keys(schema.patternProperties ?? {}).some((pattern) => pattern.startsWith("^(slots"));
  const texts = values.type === "string";
  return (
    <Pairs
      path={path}
      label={label}
      description={help}
      variables={variables}
      fresh={variables ? "slots.new" : "name"}
      add={t("addField")}
      keyLabel={t(variables ? "variable" : "fieldName")}
      valueLabel={t("fieldValue")}
      value={
        texts
          ? (key, _, __) => <LineField path={[...path, key]} label={`${t("fieldValue")}: ${key}`} hidden keep />
          : undefined
      }
    />
  );
}

function PlainList({ path, label, help, schema }: { path: Path; label: string; help?: string; schema: Schema }) {
  const { t } = useTranslation("flowPanels");
  const { edit, root, node } = useForm();
  const { value = [] } = useField<unknown[]>(path);
  const key = node ?? "";
  const ids = value.flatMap((one) => pathIds(one));
  const items = schema.items ? resolve(schema.items, root) : {};
  const { widget, schema: inner } = shapeOf(items, root);
  const isStep = inner.properties?.after !== undefined && inner.properties.say !== undefined;
  if (isStep) return <StepsField path={path} label={label} description={help} timed={path.at(-1) === "no_input"} />;
  const named = inner.properties?.id !== undefined;
  const entry = (at: number) =>
    widget === "object" ? (
      <div className={classes.fields}>
        {named && (
          <KeyInput
            label={t("field.id")}
            hidden={false}
            value={ids[at] ?? ""}
            taken={ids}
            check={isKey}
            onChange={(id) => edit((now) => withId(now, key, [...path, at], id))}
          />
        )}
        <SchemaForm schema={inner} path={[...path, at]} except={named ? ["id"] : []} />
        <GroupFaults path={[...path, at]} />
      </div>
    ) : (
      <SchemaField
        field={{ name: String(at + 1), schema: items, required: true, advanced: false }}
        path={[...path, at]}
      />
    );
  const begin = () => {
    const made = blank(items, root);
    const fresh = named && isRecord(made) ? { ...made, id: freeId(ids, "item") } : made;
    edit((now) => withValue(now, [...path, value.length], fresh));
  };
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{label}</p>
      {help && <p className={classes.help}>{help}</p>}
      {widget === "check" ? (
        <ChecksList path={path} />
      ) : (
        <Sortable
          count={value.length}
          nameOf={(at) => `${label} ${at + 1}`}
          body={entry}
          onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
          onRemove={(at) => edit((now) => without(now, key, path, at))}
          onAdd={begin}
          add={t("add")}
          least={schema.minItems}
          most={schema.maxItems}
        />
      )}
      <GroupFaults path={path} />
    </div>
  );
}

function pathIds(value: unknown): string[] {
  const id = valueAt(value, ["id"]);
  return typeof id === "string" ? [id] : [];
}
