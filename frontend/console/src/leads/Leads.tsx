import type { Lead } from "@frontdesk/shared";
import { Button, Drawer, Select, Skeleton, TextInput } from "@mantine/core";
import { Search, UsersRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLeads } from "../api/queries";
import { useNow } from "../app/clock";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState } from "../app/Problem";
import { exactTime, shortAgo } from "../app/time";
import { LeadDetails } from "./LeadDetails";
import classes from "./Leads.module.css";
import { type Column, columnsOf, filterLeads, readablePhone, saidBy, stagesOf } from "./stage";

export function Leads() {
  const { t } = useTranslation();
  const query = useLeads();
  const [q, setQ] = useState("");
  const [stage, setStage] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Lead | null>(null);
  const leads = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const shown = useMemo(() => filterLeads(leads, q, stage), [leads, q, stage]);
  const tools = leads.length > 0 && (
    <>
      <TextInput
        className={classes.search}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
        placeholder={t("leads.search")}
        aria-label={t("leads.search")}
        leftSection={<Search size={16} />}
      />
      <Select
        data={stagesOf(leads)}
        value={stage}
        onChange={setStage}
        placeholder={t("leads.anyStage")}
        aria-label={t("leads.stage")}
        clearable
        w={180}
      />
      <span className={`${classes.count} tabular`}>{t("leads.count", { n: shown.length })}</span>
    </>
  );
  return (
    <Page title={t("leads.title")} tools={tools}>
      {query.isPending && <Loading />}
      {query.isError && leads.length === 0 && <ProblemState error={query.error} onRetry={() => query.refetch()} />}
      {query.isSuccess && leads.length === 0 && <NoLeads />}
      {leads.length > 0 && shown.length === 0 && <p className={classes.none}>{t("leads.noMatch")}</p>}
      {shown.length > 0 && <Table leads={shown} onChoose={setChosen} />}
      {query.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          mx="auto"
          loading={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {t("inbox.more")}
        </Button>
      )}
      <Drawer
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        position="right"
        size={400}
        title={chosen?.name ?? chosen?.contact.name ?? t("inbox.noName")}
      >
        {chosen && <LeadDetails lead={chosen} />}
      </Drawer>
    </Page>
  );
}

function Table({ leads, onChoose }: { leads: Lead[]; onChoose: (lead: Lead) => void }) {
  const { t } = useTranslation();
  const columns = columnsOf(leads);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" data-column={column}>
              {t(`leads.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {leads.map((lead) => (
          <tr key={lead.id} onClick={() => onChoose(lead)}>
            {columns.map((column) => (
              <td key={column} data-column={column}>
                <Cell lead={lead} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ lead, column }: { lead: Lead; column: Column }) {
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
          {lead.stage}
        </span>
      );
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

function NoLeads() {
  const { t } = useTranslation();
  const { simulator_url } = useSignedIn();
  const phone = simulator_url && (
    <Button component="a" href={simulator_url} target="_blank" rel="noreferrer">
      {t("leads.emptyAction")}
    </Button>
  );
  return <EmptyState icon={UsersRound} title={t("leads.emptyTitle")} text={t("leads.emptyText")} action={phone} />;
}

function Loading() {
  return (
    <div className={classes.loading} aria-hidden="true">
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} height={20} />
      ))}
    </div>
  );
}
