/** The tenant's rules that are asked, in order. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useField, useForm } from "../form/context";
import { useFaultProps } from "../form/Faults";
import classes from "../form/Form.module.css";
import { Sortable } from "../form/Sortable";
import { type Path, withValue } from "../model/path";
import { moved } from "../model/ports";
import { reordered } from "../model/texts";
import { useCatalog } from "../queries";

export const CHECKS = [
  "consent",
  "opt_out",
  "window_24h",
  "business_hours",
  "queue_available",
  "moderation",
  "rate",
  "scope",
] as const;

export function ChecksList({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = [] } = useField<string[]>(path);
  const used = value.map((check) => check.split(":")[0] ?? "");
  const free = CHECKS.filter((check) => !used.includes(check) || check === "queue_available");
  return (
    <Sortable
      count={value.length}
      nameOf={(at) => t(`check.${(used[at] ?? "consent") as "consent"}`)}
      body={(at) => <Check path={[...path, at]} check={value[at] ?? ""} used={used} />}
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
      onAdd={() => edit((now) => withValue(now, [...path, value.length], free[0] ?? "business_hours"))}
      add={t("addCheck")}
      least={1}
      most={8}
    />
  );
}

function Check({ path, check, used }: { path: Path; check: string; used: readonly string[] }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const catalog = useCatalog();
  const props = useFaultProps(path);
  const [name = "", queue = ""] = check.split(":");
  const set = (next: string) => edit((now) => withValue(now, path, next));
  const queues = [...new Set([...(catalog?.queues.map(({ key }) => key) ?? []), ...(queue ? [queue] : []), "default"])];
  return (
    <div className={classes.fields}>
      <Select
        aria-label={t("field.checks")}
        data={CHECKS.filter((each) => each === name || !used.includes(each) || each === "queue_available").map(
          (each) => ({
            value: each,
            label: t(`check.${each}`),
          }),
        )}
        value={name}
        allowDeselect={false}
        onChange={(next) => next && set(next)}
        comboboxProps={{ withinPortal: true }}
        {...props}
      />
      {name === "queue_available" && (
        <Select
          label={t("field.queue")}
          data={queues}
          value={queue || "default"}
          allowDeselect={false}
          onChange={(next) => next && set(next === "default" ? name : `${name}:${next}`)}
          comboboxProps={{ withinPortal: true }}
        />
      )}
    </div>
  );
}
