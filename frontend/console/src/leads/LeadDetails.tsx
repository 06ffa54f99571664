/** One lead: what to do with it on top, below it what was told and where. */
import type { LeadDetail, Pipeline } from "@frontdesk/shared";
import { Button, NumberInput, Select, Skeleton } from "@mantine/core";
import { MessageSquareText, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFieldName } from "../app/fieldName";
import { ProblemState, useTellProblem } from "../app/Problem";
import { dateTime } from "../app/time";
import { Value } from "../app/Value";
import facts from "../inbox/SidePanel.module.css";
import { placeOf } from "../search/places";
import { useMembers } from "../settings/queries";
import classes from "./Leads.module.css";
import { type LeadChange, useChangeLead, useLead, useMoveLead } from "./queries";
import { readablePhone } from "./stage";

const CURRENCIES = ["TRY", "USD", "EUR", "GBP", "RUB", "KZT", "AED", "SAR"];

export function LeadDetails({ id, pipeline }: { id: string; pipeline?: Pipeline }) {
  const lead = useLead(id);
  if (lead.isError) return <ProblemState error={lead.error} onRetry={() => lead.refetch()} />;
  if (!lead.data) return <Skeleton height={240} />;
  return <Details key={id} lead={lead.data} pipeline={pipeline} />;
}

function Details({ lead, pipeline }: { lead: LeadDetail; pipeline?: Pipeline }) {
  const { t, i18n } = useTranslation();
  const fieldName = useFieldName();
  const fields = Object.entries(lead.fields);
  const known: [string, string | null][] = [
    [t("leads.phone"), lead.phone && readablePhone(lead.phone)],
    [t("leads.email"), lead.email],
    [t("leads.tags"), lead.tags.join(", ")],
    [t("leads.created"), dateTime(lead.created_at, i18n.language)],
  ];
  return (
    <div className={facts.root}>
      <Work lead={lead} pipeline={pipeline} />
      {lead.source && (
        <blockquote className={classes.source}>
          <p>{t("board.saidHere")}</p>
          <bdi>{lead.source.text}</bdi>
          <footer>
            <time dateTime={lead.source.at}>{dateTime(lead.source.at, i18n.language)}</time>{" "}
            <Link to={placeOf(lead.source.conversation_id, lead.source.message_id)}>{t("search.there")}</Link>
          </footer>
        </blockquote>
      )}
      <div className={classes.actions}>
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
        <Button
          component={Link}
          to={`/contacts/${lead.contact.id}`}
          variant="default"
          leftSection={<UserRound size={16} />}
        >
          {t("board.profile")}
        </Button>
      </div>
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
              <dt>{fieldName(name)}</dt>
              <dd>
                <Value value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

function Work({ lead, pipeline }: { lead: LeadDetail; pipeline?: Pipeline }) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const members = useMembers();
  const move = useMoveLead();
  const change = useChangeLead(lead.id);
  const [value, setValue] = useState<number | string>(lead.value ?? "");
  const now: LeadChange = {
    owner_id: lead.owner?.id ?? null,
    value: lead.value ?? null,
    currency: lead.currency ?? CURRENCIES[0] ?? null,
  };
  const save = (changes: Partial<LeadChange>) => change.mutate({ ...now, ...changes }, { onError: tell });
  const saveValue = () => {
    const amount = value === "" ? null : Number(value);
    if (amount !== now.value) save({ value: amount });
  };
  return (
    <div className={classes.work}>
      <Select
        label={t("leads.stage")}
        data={pipeline?.stages.map(({ key, name }) => ({ value: key, label: name }))}
        value={lead.stage}
        allowDeselect={false}
        onChange={(stage) => stage && move.mutate({ id: lead.id, stage }, { onError: tell })}
      />
      <Select
        label={t("board.owner")}
        placeholder={t("board.nobody")}
        data={members.data?.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name }))}
        value={lead.owner?.id ?? null}
        clearable
        clearButtonProps={{ "aria-label": t("board.nobody") }}
        onChange={(owner) => save({ owner_id: owner })}
      />
      <NumberInput
        label={t("board.value")}
        min={0}
        decimalScale={2}
        thousandSeparator=" "
        hideControls
        value={value}
        onChange={setValue}
        onBlur={saveValue}
        onKeyDown={(event) => event.key === "Enter" && saveValue()}
      />
      <Select
        label={t("board.currency")}
        data={CURRENCIES}
        value={now.currency}
        allowDeselect={false}
        onChange={(currency) => currency && save({ currency })}
      />
    </div>
  );
}
