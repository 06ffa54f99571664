import type { Lead } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { MessageSquareText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { dateTime } from "../app/time";
import { Value } from "../app/Value";
import facts from "../inbox/SidePanel.module.css";
import { readablePhone } from "./stage";

export function LeadDetails({ lead }: { lead: Lead }) {
  const { t, i18n } = useTranslation();
  const fields = Object.entries(lead.fields);
  const known: [string, string | null][] = [
    [t("leads.phone"), lead.phone && readablePhone(lead.phone)],
    [t("leads.email"), lead.email],
    [t("leads.pipeline"), lead.pipeline],
    [t("leads.stage"), lead.stage],
    [t("leads.tags"), lead.tags.join(", ")],
    [t("leads.created"), dateTime(lead.created_at, i18n.language)],
  ];
  return (
    <div className={facts.root}>
      <dl className={facts.facts}>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
      <section>
        <h3>{t("leads.fields")}</h3>
        {fields.length === 0 && <p>{t("leads.noFields")}</p>}
        <dl className={facts.facts}>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll("_", " ")}</dt>
              <dd>
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
      {lead.conversation_id && (
        <Button
          component={Link}
          to={`/inbox/${lead.conversation_id}`}
          variant="light"
          leftSection={<MessageSquareText size={16} />}
        >
          {t("leads.open")}
        </Button>
      )}
    </div>
  );
}
