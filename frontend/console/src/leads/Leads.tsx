/** Leads as a board and as a table: the same filters, the same data. */
import type { Lead } from "@frontdesk/shared";
import { Button, Drawer, SegmentedControl, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue, useLocalStorage } from "@mantine/hooks";
import { Download, Search, UsersRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "../api/download";
import { query as asQuery } from "../api/queries";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState, useTellProblem } from "../app/Problem";
import { mayGrant } from "../settings/may";
import { useMembers } from "../settings/queries";
import { Board } from "./Board";
import { LeadDetails } from "./LeadDetails";
import classes from "./Leads.module.css";
import { type LeadFilter, useLeads, usePipelines } from "./queries";
import { Table } from "./Table";

const CHANNELS = ["whatsapp", "instagram", "messenger", "widget"] as const;

export function Leads() {
  const { t } = useTranslation();
  const me = useSignedIn();
  const tell = useTellProblem();
  const pipelines = usePipelines();
  const [view, setView] = useLocalStorage<"board" | "table">({ key: "frontdesk:leads-view", defaultValue: "board" });
  const [chosenPipeline, setPipeline] = useLocalStorage<string | null>({
    key: `frontdesk:pipeline:${me.tenant.id}`,
    defaultValue: null,
  });
  const [q, setQ] = useState("");
  const [words] = useDebouncedValue(q.trim(), 250);
  const [stage, setStage] = useState<string | null>(null);
  const [owner, setOwner] = useState<string | null>(null);
  const [channel, setChannel] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Lead | null>(null);

  const fullest = pipelines.data?.reduce((most, each) => (each.count > most.count ? each : most));
  const pipeline = pipelines.data?.find(({ key }) => key === chosenPipeline) ?? fullest;
  const several = (pipelines.data?.length ?? 0) > 1;
  const filter: LeadFilter = {
    pipeline: pipeline?.key,
    owner: owner ?? undefined,
    channel: channel ?? undefined,
    q: words || undefined,
    stage: view === "table" ? (stage ?? undefined) : undefined,
  };
  const found = useLeads(filter);
  const leads = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const filtered = Boolean(words || owner || channel || filter.stage);
  const none = found.isSuccess && leads.length === 0;
  const tools = (!none || filtered || several) && (
    <>
      <TextInput
        className={classes.search}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
        placeholder={t("leads.search")}
        aria-label={t("leads.search")}
        leftSection={<Search size={16} />}
      />
      {several && (
        <Select
          aria-label={t("leads.pipeline")}
          data={pipelines.data?.map(({ key, name }) => ({ value: key, label: name }))}
          value={pipeline?.key ?? null}
          onChange={setPipeline}
          allowDeselect={false}
          w={150}
        />
      )}
      {view === "table" && (
        <Select
          data={pipeline?.stages.map(({ key, name }) => ({ value: key, label: name }))}
          value={stage}
          onChange={setStage}
          placeholder={t("leads.anyStage")}
          aria-label={t("leads.stage")}
          clearable
          clearButtonProps={{ "aria-label": t("board.anyStage") }}
          w={150}
        />
      )}
      <OwnerSelect value={owner} onChange={setOwner} />
      <Select
        data={CHANNELS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        value={channel}
        onChange={setChannel}
        placeholder={t("board.anySource")}
        aria-label={t("board.source")}
        clearable
        clearButtonProps={{ "aria-label": t("board.anySource") }}
        w={150}
      />
      <span className={`${classes.count} tabular`}>{t("leads.count", { n: leads.length })}</span>
    </>
  );
  const actions = (
    <div className={classes.actions}>
      {mayGrant(me.role, "admin") && leads.length > 0 && (
        <Button
          variant="default"
          leftSection={<Download size={16} />}
          onClick={() => void download(`leads/export${asQuery({ ...filter })}`, "leads.csv").catch(tell)}
        >
          {t("board.export")}
        </Button>
      )}
      <SegmentedControl
        aria-label={t("board.view")}
        value={view}
        onChange={(value) => setView(value as "board" | "table")}
        data={[
          { value: "board", label: t("board.board") },
          { value: "table", label: t("board.table") },
        ]}
      />
    </div>
  );
  return (
    <Page title={t("leads.title")} actions={actions} tools={tools} wide={view === "board"}>
      {found.isPending && !pipelines.isError && <Loading />}
      {pipelines.isError && <ProblemState error={pipelines.error} onRetry={() => pipelines.refetch()} />}
      {found.isError && leads.length === 0 && <ProblemState error={found.error} onRetry={() => found.refetch()} />}
      {none && !filtered && <NoLeads />}
      {none && filtered && <p className={classes.none}>{t("leads.noMatch")}</p>}
      {leads.length > 0 && view === "table" && <Table leads={leads} pipeline={pipeline} onChoose={setChosen} />}
      {leads.length > 0 && view === "board" && pipeline && (
        <Board leads={leads} pipeline={pipeline} filtered={filtered} onChoose={setChosen} />
      )}
      {found.hasNextPage && (
        <Button
          variant="default"
          mt="md"
          mx="auto"
          loading={found.isFetchingNextPage}
          onClick={() => found.fetchNextPage()}
        >
          {t("inbox.more")}
        </Button>
      )}
      <Drawer
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        position="right"
        size={420}
        title={chosen?.name ?? chosen?.contact.name ?? t("inbox.noName")}
        closeButtonProps={{ "aria-label": t("nav2.close") }}
      >
        {chosen && <LeadDetails id={chosen.id} pipeline={pipeline} />}
      </Drawer>
    </Page>
  );
}

function OwnerSelect({ value, onChange }: { value: string | null; onChange: (owner: string | null) => void }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const members = useMembers();
  const others = members.data?.filter(({ id, active }) => active && id !== me.staff?.id) ?? [];
  const data = [
    ...(me.staff ? [{ value: me.staff.id, label: t("board.mine") }] : []),
    ...others.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Select
      data={data}
      value={value}
      onChange={onChange}
      placeholder={t("board.anyOwner")}
      aria-label={t("board.owner")}
      clearable
      clearButtonProps={{ "aria-label": t("board.anyOwner") }}
      w={150}
    />
  );
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
