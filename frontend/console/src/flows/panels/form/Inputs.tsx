/** Fields of plain values; what is so anyway is not written down. */
import { Checkbox, NumberInput, SegmentedControl, Select, Switch, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Path, pointerOf } from "../model/path";
import { isSame, type Schema } from "../model/schema";
import { useField } from "./context";
import { GroupFaults, useFaultProps } from "./Faults";
import classes from "./Form.module.css";
import { CatalogField } from "./Picks";
import { useFieldWords } from "./words";

interface Given {
  path: Path;
  label: string;
  help?: string;
  given: unknown;
}

/** Setting what is so anyway leaves nothing in the document. */
function useWithDefault<T>(path: Path, given: unknown) {
  const { value, set } = useField<T>(path);
  return {
    value: value ?? (given as T | undefined),
    set: (next: T | undefined) => set(isSame(next, given) ? undefined : next),
  };
}

export function Choice({ path, label, help, values, given }: Given & { values: readonly string[] }) {
  const words = useFieldWords();
  const { value, set } = useWithDefault<string>(path, given);
  const data = values.map((each) => ({ value: each, label: words.choice(each) }));
  const props = useFaultProps(path);
  if (data.length <= 3 && data.every((each) => each.label.length <= 14)) {
    return (
      <div data-pointer={pointerOf(path)}>
        <p className={classes.label} id={`${pointerOf(path)}-label`}>
          {label}
        </p>
        {help && <p className={classes.help}>{help}</p>}
        <SegmentedControl
          fullWidth
          aria-labelledby={`${pointerOf(path)}-label`}
          data={data}
          value={value ?? ""}
          onChange={set}
        />
        <GroupFaults path={path} exact={false} />
      </div>
    );
  }
  return (
    <Select
      label={label}
      description={help}
      data={data}
      value={value ?? null}
      allowDeselect={false}
      onChange={(next) => next && set(next)}
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

export function Choices({ path, label, help, values, given }: Given & { values: readonly string[] }) {
  const words = useFieldWords();
  const { value = [], set } = useWithDefault<string[]>(path, given);
  return (
    <Checkbox.Group
      label={label}
      description={help}
      value={[...value]}
      onChange={(next) => set(values.filter((each) => next.includes(each)))}
      {...useFaultProps(path)}
    >
      <div className={classes.checks}>
        {values.map((each) => (
          <Checkbox key={each} value={each} label={words.choice(each)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

export function Flag({ path, label, help, given }: Given) {
  const { value = false, set } = useWithDefault<boolean>(path, given);
  return (
    <div data-pointer={pointerOf(path)}>
      <Switch label={label} description={help} checked={value} onChange={(event) => set(event.currentTarget.checked)} />
      <GroupFaults path={path} exact={false} />
    </div>
  );
}

export function Amount({ path, label, help, schema, given }: Given & { schema: Schema }) {
  const { value, set } = useWithDefault<number>(path, given ?? undefined);
  const whole = schema.type === "integer";
  const fraction = !whole && schema.maximum === 1;
  return (
    <NumberInput
      label={label}
      description={help}
      min={schema.minimum ?? schema.exclusiveMinimum}
      max={schema.maximum}
      step={fraction ? 0.05 : 1}
      allowDecimal={!whole}
      hideControls={!whole && !fraction}
      value={value ?? ""}
      onChange={(next) => set(typeof next === "number" ? next : undefined)}
      {...useFaultProps(path)}
    />
  );
}

export function Tags({ path, label, help, given, known }: Given & { known?: "guards" }) {
  const { t } = useTranslation("flowPanels");
  const { value = [], set } = useWithDefault<string[]>(path, given);
  const props = useFaultProps(path);
  if (known) return <CatalogField kind={known} many path={path} label={label} description={help} />;
  return (
    <TagsInput
      label={label}
      description={help}
      placeholder={value.length > 0 ? undefined : t("typeAndEnter")}
      value={[...value]}
      onChange={set}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}
