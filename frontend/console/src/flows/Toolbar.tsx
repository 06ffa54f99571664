/** The bar above: which flow, whether it is saved, how it is looked at, and letting it answer. */
import { ActionIcon, Button, Menu, NativeSelect, Tooltip } from "@mantine/core";
import { useReactFlow } from "@xyflow/react";
import {
  ArrowLeft,
  CircleAlert,
  CircleCheck,
  Cloud,
  CloudOff,
  Download,
  Ellipsis,
  History,
  Keyboard,
  Languages,
  ListTree,
  type LucideIcon,
  Play,
  Redo2,
  Rocket,
  Search,
  Settings2,
  TriangleAlert,
  Undo2,
  Variable,
  Wand,
  Workflow,
} from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { LANGUAGES } from "../i18n";
import { tidyUp } from "./actions";
import { sizesOf } from "./canvas/view";
import { useFlow, useSession, useUi } from "./context";
import classes from "./Editor.module.css";
import { exportFlow, exportStored } from "./files";
import { useDiff, useVersions } from "./queries";
import type { SaveState, Saving } from "./saver";

const SIGN: Record<SaveState, LucideIcon> = {
  saved: CircleCheck,
  unsaved: Cloud,
  saving: Cloud,
  offline: CloudOff,
  clash: TriangleAlert,
  refused: CircleAlert,
};

export function Toolbar({ saving, phone }: { saving: Saving; phone: boolean }) {
  const { t } = useTranslation("flows");
  const session = useSession();
  const [, navigate] = useLocation();
  const name = useFlow().name;
  const view = useUi((ui) => ui.view);
  return (
    <header className={classes.bar}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("bar.back")} onClick={() => navigate("/flows")}>
        <ArrowLeft size={18} className={classes.mirrored} />
      </ActionIcon>
      <h1>
        <bdi>{name || session.history.store.getState().flow.key}</bdi>
      </h1>
      <Saved saving={saving} />
      <span className={classes.space} />
      <Locale />
      <Undoing />
      {!phone && (
        <Tool
          icon={view === "canvas" ? ListTree : Workflow}
          label={t(view === "canvas" ? "bar.outline" : "bar.canvas")}
          onClick={() => session.ui.setState({ view: view === "canvas" ? "outline" : "canvas" })}
        />
      )}
      <Tool icon={Search} label={t("search.title")} onClick={() => session.ui.setState({ searching: true })} />
      <Faults />
      <More />
      <Button
        variant="default"
        size="sm"
        leftSection={<Play size={15} />}
        className={classes.try}
        onClick={() => session.ui.setState(({ side }) => ({ side: side === "test" ? null : "test" }))}
      >
        {t("bar.try")}
      </Button>
      <Button
        size="sm"
        className={classes.publish}
        leftSection={phone ? undefined : <Rocket size={15} />}
        onClick={() => session.ui.setState({ dialog: "publish" })}
      >
        {t("publish.act")}
      </Button>
    </header>
  );
}

function Tool({
  icon: Icon,
  label,
  disabled,
  onClick,
}: {
  icon: LucideIcon;
  label: string;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

function Saved({ saving: { state } }: { saving: Saving }) {
  const { t } = useTranslation("flows");
  const { id, saver } = useSession();
  const published = (useVersions(id).data?.length ?? 0) > 0;
  const diff = useDiff(id, published && state === "saved" ? saver.etag : null);
  const Icon = SIGN[state];
  return (
    <span className={classes.saved} data-state={state} role="status">
      <Icon size={15} aria-hidden="true" />
      <span>
        {t(`saved.${state}`)}
        {published && diff.data?.same === false && ` · ${t("list.changed")}`}
      </span>
    </span>
  );
}

function Locale() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const { locales } = useFlow();
  const locale = useUi((ui) => ui.locale);
  useEffect(() => {
    if (!locales.supported.includes(locale)) session.ui.setState({ locale: locales.default });
  }, [locales, locale, session]);
  const nameOf = (each: string) => LANGUAGES[each as keyof typeof LANGUAGES] ?? each;
  return (
    <NativeSelect
      className={classes.locale}
      size="sm"
      aria-label={t("bar.locale")}
      leftSection={<Languages size={15} />}
      data={locales.supported.map((value) => ({ value, label: nameOf(value) }))}
      value={locale}
      onChange={(event) => session.ui.setState({ locale: event.currentTarget.value })}
    />
  );
}

function Undoing() {
  const { t } = useTranslation("flows");
  const { history } = useSession();
  const back = useStore(history.store.temporal, ({ pastStates }) => pastStates.length > 0);
  const forth = useStore(history.store.temporal, ({ futureStates }) => futureStates.length > 0);
  return (
    <>
      <Tool icon={Undo2} label={t("keys.undo")} disabled={!back} onClick={history.undo} />
      <Tool icon={Redo2} label={t("keys.redo")} disabled={!forth} onClick={history.redo} />
    </>
  );
}

function Faults() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const found = useUi((ui) => ui.issues);
  // Nobody has done anything wrong in a flow that has not begun; its empty canvas says what comes first.
  const issues = Object.keys(useFlow().nodes).length === 0 ? [] : found;
  const errors = issues.filter(({ severity }) => severity === "error").length;
  const tone = errors > 0 ? "error" : issues.length > 0 ? "warning" : "fine";
  const Icon = tone === "error" ? CircleAlert : tone === "warning" ? TriangleAlert : CircleCheck;
  return (
    <Tooltip label={t("problem.title")}>
      <button
        type="button"
        className={classes.faults}
        data-tone={tone}
        aria-label={t("problem.count", { n: issues.length })}
        onClick={() => session.ui.setState(({ problems }) => ({ problems: !problems }))}
      >
        <Icon size={17} aria-hidden="true" />
        {issues.length > 0 && <span className="tabular">{issues.length}</span>}
      </button>
    </Tooltip>
  );
}

function More() {
  const { t } = useTranslation("flows");
  const session = useSession();
  const canvas = useUi((ui) => ui.view === "canvas");
  const { getNodes } = useReactFlow();
  const { history } = session;
  const open = (side: "flow" | "variables" | "translations") => () => session.ui.setState({ side });
  const tidy = () => void tidyUp(session, sizesOf(getNodes()));
  const save = async () => {
    await session.saver.flush();
    // What could not be stored is saved as it stands here.
    const stored = session.saver.now.state === "saved" && (await exportStored(session.id).catch(() => null));
    if (!stored) exportFlow(history.store.getState().flow);
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("bar.more")}>
          <Ellipsis size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Settings2 size={16} />} onClick={open("flow")}>
          {t("side.flow")}
        </Menu.Item>
        <Menu.Item leftSection={<Variable size={16} />} onClick={open("variables")}>
          {t("side.variables")}
        </Menu.Item>
        <Menu.Item leftSection={<Languages size={16} />} onClick={open("translations")}>
          {t("side.translations")}
        </Menu.Item>
        <Menu.Divider />
        {canvas && (
          <Menu.Item leftSection={<Wand size={16} />} onClick={tidy}>
            {t("act.tidy")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Play size={16} />} onClick={() => session.ui.setState({ side: "test" })}>
          {t("bar.try")}
        </Menu.Item>
        <Menu.Item leftSection={<History size={16} />} onClick={() => session.ui.setState({ dialog: "history" })}>
          {t("history.title")}
        </Menu.Item>
        <Menu.Item leftSection={<Download size={16} />} onClick={() => void save()}>
          {t("act.export")}
        </Menu.Item>
        <Menu.Item leftSection={<Keyboard size={16} />} onClick={() => session.ui.setState({ dialog: "keys" })}>
          {t("keys.title")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
