/** Leads as rows. */
import type { Lead, Pipeline } from "@frontdesk/shared";
import { useTranslation } from "react-i18next";
import { useNow } from "../app/clock";
import { exactTime, shortAgo } from "../app/time";
import classes from "./Leads.module.css";
import { type Column, columnsOf, money, readablePhone, saidBy, stageName } from "./stage";

interface Props {
  leads: Lead[];
  pipeline?: Pipeline;
  onChoose: (lead: Lead) => void;
}

export function Table({ leads, pipeline, onChoose }: Props) {
  const { t } = useTranslation();
  const columns = columnsOf(leads);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" data-column={column}>
              {column === "owner" || column === "value" ? t(`board.${column}`) : t(`leads.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {leads.map((lead) => (
          <tr key={lead.id} onClick={() => onChoose(lead)}>
            {columns.map((column) => (
              <td key={column} data-column={column}>
                <Cell lead={lead} column={column} pipeline={pipeline} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ lead, column, pipeline }: { lead: Lead; column: Column; pipeline?: Pipeline }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  switch (column) {
    case "name":
      return (
        <button type="button" className={classes.name}>
          <bdi>{lead.name ?? lead.contact.name ?? t("inbox.noName")}</bdi>
        </button>
      );
    case "phone":
      return (
        lead.phone && (
          <a href={`tel:${lead.phone}`} dir="ltr" className="tabular" onClick={(event) => event.stopPropagation()}>
            {readablePhone(lead.phone)}
          </a>
        )
      );
    case "fields":
      return <bdi>{saidBy(lead)}</bdi>;
    case "email":
      return lead.email;
    case "stage":
      return (
        <span className={classes.stage} data-stage={lead.stage}>
          {stageName(pipeline, lead.stage)}
        </span>
      );
    case "owner":
      return lead.owner && <bdi>{lead.owner.name}</bdi>;
    case "value":
      return <span className="tabular">{money(lead.value, lead.currency, i18n.language)}</span>;
    case "tags":
      return lead.tags.map((tag) => (
        <span key={tag} className={classes.tag}>
          {tag}
        </span>
      ));
    case "created":
      return (
        <time className="tabular" dateTime={lead.created_at} title={exactTime(lead.created_at, i18n.language)}>
          {shortAgo(lead.created_at, now, i18n.language)}
        </time>
      );
  }
}
