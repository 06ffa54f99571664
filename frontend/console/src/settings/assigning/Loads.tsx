import type { Colleague } from "@frontdesk/shared";
import { NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useColleagues, useSetCapacity } from "../../api/assigning";
import { Avatar } from "../../app/Avatar";
import { useTellProblem } from "../../app/Problem";
import { Block } from "../Block";
import classes from "../Settings.module.css";

export function Loads({ mayEdit }: { mayEdit: boolean }) {
  const { t } = useTranslation();
  const colleagues = useColleagues();
  return (
    <Block title={t("assign.settings.people")}>
      <ul className={classes.rows}>
        {colleagues.data?.map((colleague) => (
          <Row key={colleague.id} colleague={colleague} mayEdit={mayEdit} />
        ))}
      </ul>
    </Block>
  );
}

function Row({ colleague, mayEdit }: { colleague: Colleague; mayEdit: boolean }) {
  const { t } = useTranslation();
  const save = useSetCapacity();
  const tell = useTellProblem();
  const { id, name, online, away, open, capacity, own_capacity: own } = colleague;
  const set = (value: string) => {
    const next = value === "" ? null : Math.max(1, Number(value));
    if (next !== own) save.mutate({ id, capacity: next }, { onError: tell });
  };
  return (
    <li>
      <Avatar name={name} />
      <div className={classes.who}>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className="tabular">
          {t(away ? "assign.awayNow" : online ? "assign.online" : "assign.offline")}
          {" · "}
          {t("assign.load", { n: open, all: capacity })}
        </span>
      </div>
      {mayEdit && (
        <NumberInput
          aria-label={t("assign.settings.capacityOf", { name })}
          placeholder={own === null ? t("assign.settings.own", { n: capacity }) : undefined}
          w={180}
          min={1}
          max={1000}
          allowDecimal={false}
          allowNegative={false}
          defaultValue={own ?? ""}
          onBlur={(event) => set(event.currentTarget.value)}
        />
      )}
    </li>
  );
}
