/** What happens the first time, the second time, …: handlers of a question or of the whole flow. */
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { HandlerStep } from "../../document";
import { type Path, pointerOf, withValue } from "../model/path";
import { moved } from "../model/ports";
import { reordered } from "../model/texts";
import { useField, useForm } from "./context";
import { GroupFaults } from "./Faults";
import classes from "./Form.module.css";
import { DurationField, Optional, TargetField } from "./Picks";
import { SayField } from "./Say";
import { Sortable } from "./Sortable";
import { AddButton } from "./Texts";

interface Props {
  path: Path;
  label: string;
  description?: ReactNode;
  /** Each step comes after a time of silence. */
  timed?: boolean;
}

export function StepsField({ path, label, description, timed }: Props) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = [] } = useField<HandlerStep[]>(path);
  const keep = (at: number) => value.map((_, one) => one).filter((one) => one !== at);
  const fresh: HandlerStep = timed
    ? { after: value.length === 0 ? "PT15M" : "PT20H", say: [{ kind: "text", text: {} }] }
    : { say: [{ kind: "text", text: {} }] };
  const nameOf = (at: number) => t(timed ? "stepAfter" : "time", { n: at + 1 });
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{label}</p>
      {description && <p className={classes.help}>{description}</p>}
      {value.length > 0 && (
        <Sortable
          count={value.length}
          nameOf={nameOf}
          body={(at) => (
            <div className={classes.fields}>
              <p className={classes.partName}>{nameOf(at)}</p>
              {timed && <DurationField path={[...path, at, "after"]} label={t("silentFor")} />}
              <Optional path={[...path, at, "say"]} begin={[{ kind: "text", text: {} }]} add={t("saySomething")}>
                <SayField path={[...path, at, "say"]} label={t("field.say")} lines={2} />
              </Optional>
              <TargetField path={[...path, at, "to"]} label={t("thenGoTo")} />
              <GroupFaults path={[...path, at]} />
            </div>
          )}
          onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
          onRemove={(at) =>
            edit((now) => (value.length === 1 ? withValue(now, path, undefined) : reordered(now, path, keep(at))))
          }
        />
      )}
      <GroupFaults path={path} />
      <AddButton
        icon={<Plus size={14} />}
        onClick={() => edit((now) => withValue(now, [...path, value.length], fresh))}
      >
        {t(timed ? "addReminder" : value.length === 0 ? "addReply" : "addNextReply")}
      </AddButton>
    </div>
  );
}
