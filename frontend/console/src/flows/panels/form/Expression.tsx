/** An expression, with what it comes to for values that the builder tries. */
import { useDebouncedValue } from "@mantine/hooks";
import { CircleAlert, CircleCheck } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Path } from "../model/path";
import { referencesOf, specOf } from "../model/variables";
import { useTried } from "../queries";
import { useField, useForm } from "./context";
import classes from "./Form.module.css";
import { LineField } from "./Texts";
import { ValueInput } from "./Values";

/** Values tried, kept while the editor is open: they are looked at again in the next expression. */
const tried = new Map<string, unknown>();

interface Props {
  path: Path;
  label: string;
  description?: ReactNode;
  hidden?: boolean;
  /** Nothing written means that there is none. */
  optional?: boolean;
}

export function Expression({ path, label, description, hidden, optional }: Props) {
  const { t } = useTranslation("flowPanels");
  const { value = "" } = useField<string>(path);
  return (
    <div>
      <LineField
        path={path}
        label={label}
        description={description ?? t("help.expression")}
        hidden={hidden}
        lines={2}
        mono
        keep={!optional}
      />
      {!ofAnswer(value) && <Preview text={value} />}
    </div>
  );
}

function Preview({ text }: { text: string }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const [, redraw] = useState(0);
  const names = useMemo(() => referencesOf(text), [text]);
  const values = Object.fromEntries(names.flatMap((name) => (tried.has(name) ? [[name, tried.get(name)]] : [])));
  const [asked] = useDebouncedValue({ text, values: JSON.stringify(values) }, 400);
  const answer = useTried(asked.text, JSON.parse(asked.values) as Record<string, unknown>);
  if (!text.trim() || answer.data === null || (answer.isPending && !answer.data)) return null;
  const result = answer.data;
  return (
    <div className={classes.preview}>
      {names.length > 0 && <p className={classes.note}>{t("tryWith")}</p>}
      {names.map((name) => (
        <div key={name} className={classes.sample}>
          <bdi className={classes.mono}>{name}</bdi>
          <ValueInput
            label={name}
            spec={specOf(flow, name)}
            kinds={["text", "number", "yesno", "nothing"]}
            value={tried.get(name)}
            onChange={(next) => {
              if (next === undefined || next === null) tried.delete(name);
              else tried.set(name, next);
              redraw((no) => no + 1);
            }}
          />
        </div>
      ))}
      {answer.isError && <p className={classes.note}>{t("notTried")}</p>}
      {result && (
        <p className={classes.result} data-ok={result.ok || undefined} role="status">
          {result.ok ? <CircleCheck size={14} aria-hidden="true" /> : <CircleAlert size={14} aria-hidden="true" />}
          {result.ok ? t("comesTo", { value: shown(result.value, t) }) : (result.error ?? t("comesToNothing"))}
        </p>
      )}
    </div>
  );
}

function shown(value: unknown, t: (key: "yes" | "no" | "kind.nothing") => string): string {
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (value === null || value === undefined) return t("kind.nothing");
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}

/** The answer itself is known only while it is judged. */
function ofAnswer(text: string): boolean {
  return /(?<![\w.'"])value(?![\w'"])/.test(text);
}
