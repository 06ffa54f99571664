/** All flows of the business: which answers where, which drafts were not published yet; new ones and files. */
import type { ChannelAccount } from "@frontdesk/shared";
import { ActionIcon, Button, Menu, Skeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Copy, Download, Ellipsis, Plus, Star, Trash2, Upload, Workflow } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { get } from "../api/http";
import { useChannels } from "../api/queries";
import { ChannelGlyph } from "../app/ChannelGlyph";
import { EmptyState } from "../app/EmptyState";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { ProblemState, useTellProblem } from "../app/Problem";
import { dateTime } from "../app/time";
import "../answering/words";
import { RemoveFlow } from "../answering/RemoveFlow";
import { mayGrant } from "../settings/may";
import { BLANK, OfferCards } from "./begin/Cards";
import { ImportFlow } from "./begin/ImportFlow";
import { NewFlow } from "./begin/NewFlow";
import { useTemplates } from "./begin/queries";
import "./begin/register";
import { keyFor } from "./blank";
import classes from "./Flows.module.css";
import { exportStored, type FlowFile, readFlow } from "./files";
import {
  type FlowDetail,
  type FlowItem,
  useCreateFlow,
  useDiff,
  useFlows,
  useMakeDefault,
  useNodeTypes,
} from "./queries";

export function Flows() {
  const { t } = useTranslation("flows");
  const flows = useFlows();
  const channels = useChannels();
  const [making, setMaking] = useState<string | null>(null);
  const [imported, setImported] = useState<FlowFile | null>(null);
  const templates = useTemplates();
  const file = useRef<HTMLInputElement>(null);
  const [bad, setBad] = useState(false);
  // Whoever looks at the list opens one of them next.
  useNodeTypes();
  useEffect(() => void import("./FlowPage"), []);
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    const found = readFlow(await chosen.text());
    setBad(!found);
    setImported(found);
  };
  const taken = new Set(flows.data?.map(({ key }) => key));
  const actions = (
    <div className={classes.actions}>
      <Button variant="default" leftSection={<Upload size={16} />} onClick={() => file.current?.click()}>
        {t("list.import")}
      </Button>
      <Button leftSection={<Plus size={16} />} onClick={() => setMaking(BLANK)}>
        {t("list.new")}
      </Button>
    </div>
  );
  return (
    <Page title={t("list.title")} actions={flows.data && flows.data.length > 0 ? actions : null}>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t("list.import")}
        onChange={(event) => {
          void read(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {bad && (
        <p className={classes.bad} role="alert">
          {t("list.badFile")}
        </p>
      )}
      {flows.isPending && <Loading />}
      {flows.isError && <ProblemState error={flows.error} onRetry={() => flows.refetch()} />}
      {flows.data?.length === 0 && (
        <>
          <EmptyState icon={Workflow} title={t("list.emptyTitle")} text={t("list.emptyText")} action={actions} />
          {templates.data && <OfferCards templates={templates.data} onChoose={setMaking} />}
        </>
      )}
      {flows.data && flows.data.length > 0 && (
        <ul className={classes.list}>
          {flows.data.map((flow) => (
            <Row key={flow.id} flow={flow} channels={channels.data ?? []} taken={taken} />
          ))}
        </ul>
      )}
      {making && <NewFlow first={making} taken={taken} onClose={() => setMaking(null)} />}
      {imported && <ImportFlow from={imported} taken={taken} onClose={() => setImported(null)} />}
    </Page>
  );
}

interface RowProps {
  flow: FlowItem;
  channels: readonly ChannelAccount[];
  taken: ReadonlySet<string>;
}

function Row({ flow, channels, taken }: RowProps) {
  const { t, i18n } = useTranslation("flows");
  const { t: say } = useTranslation("answering");
  const tell = useTellProblem();
  const create = useCreateFlow();
  const makeDefault = useMakeDefault();
  const admin = mayGrant(useSignedIn().role, "admin");
  const [removing, setRemoving] = useState(false);
  const here = channels.filter((account) => typeof account.flow === "object" && account.flow?.id === flow.id);
  const diff = useDiff(flow.id, flow.published ? flow.etag : null);
  const differs = flow.published && diff.data?.same === false;
  const when = dateTime(flow.updated_at, i18n.language);
  const save = () => exportStored(flow.id).catch(tell);
  const duplicate = async () => {
    const { document } = await get<FlowDetail>(`flows/${flow.id}`);
    const key = keyFor(flow.key, taken);
    await create.mutateAsync({ ...document, key, name: say("copy", { name: flow.name }) });
  };
  return (
    <li className={classes.row}>
      <span className={classes.icon} aria-hidden="true">
        <Workflow size={18} />
      </span>
      <div className={classes.name}>
        <Link to={`/flows/${flow.id}`}>
          <bdi>{flow.name}</bdi>
        </Link>
        <small>
          <code dir="ltr">{flow.key}</code> · {t("list.edited", { when })}
        </small>
      </div>
      <span className={classes.where}>
        {flow.kind === "sub" && <span className={classes.tag}>{t("list.sub")}</span>}
        {flow.default && <span className={classes.tag}>{t("list.default")}</span>}
        {here.map(({ id, channel, name }) => (
          <span key={id} className={classes.account}>
            <ChannelGlyph channel={channel} size={16} /> <bdi>{name}</bdi>
          </span>
        ))}
      </span>
      <span className={classes.states}>
        <span className={classes.state} data-state={flow.published ? "live" : "draft"}>
          {t(flow.published ? "list.live" : "list.draft")}
        </span>
        {differs && (
          <span className={classes.state} data-state="changed">
            {t("list.changed")}
          </span>
        )}
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("list.more", { name: flow.name })}>
            <Ellipsis size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Copy size={16} />} onClick={() => void duplicate().catch(tell)}>
            {t("act.duplicate")}
          </Menu.Item>
          <Menu.Item leftSection={<Download size={16} />} onClick={save}>
            {t("act.export")}
          </Menu.Item>
          {admin && flow.published && flow.kind === "main" && !flow.default && (
            <Menu.Item
              leftSection={<Star size={16} />}
              onClick={() =>
                makeDefault.mutate(flow.id, {
                  onError: tell,
                  onSuccess: () => notifications.show({ message: say("chosen"), color: "accent", withBorder: true }),
                })
              }
            >
              {say("makeDefault")}
            </Menu.Item>
          )}
          {!flow.published && (
            <Menu.Item color="red" leftSection={<Trash2 size={16} />} onClick={() => setRemoving(true)}>
              {t("act.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {removing && <RemoveFlow flow={flow} onClose={() => setRemoving(false)} />}
    </li>
  );
}

function Loading() {
  return (
    <div className={classes.loading} aria-hidden="true">
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </div>
  );
}
