/** A conversation on the draft, beside the canvas. */

import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PanelProps } from "../document";
import { Panel } from "../panels/form/context";
import { Worded } from "../panels/Worded";
import { Chat } from "./Chat";
import classes from "./Chat.module.css";
import { useTests } from "./queries";
import { Tests } from "./Tests";

export interface TestChatProps extends PanelProps {
  flowId: string;
  /** Bring the draft on the server up to date before a turn is played on it. */
  save: () => Promise<void>;
  /** Light nodes up on the canvas: those passed in the last turn, and the one that waits. */
  onLights: (passed: readonly string[], waiting: string | null) => void;
}

export function TestChat(props: TestChatProps) {
  return (
    <Worded>
      <Panel {...props}>
        <Inside {...props} />
      </Panel>
    </Worded>
  );
}

/** The tests' tab is there once the server keeps tests of flows. */
function Inside(props: TestChatProps) {
  const { t } = useTranslation("flowPanels");
  const tests = useTests(props.flowId);
  const chat = <Chat {...props} keepsTests={Boolean(tests.data)} />;
  if (!tests.data) return chat;
  return (
    <Tabs defaultValue="chat" classNames={{ root: classes.tabs, panel: classes.panel }} keepMounted>
      <Tabs.List grow>
        <Tabs.Tab value="chat">{t("chat.title")}</Tabs.Tab>
        <Tabs.Tab value="tests">{t("chat.tests")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="chat">{chat}</Tabs.Panel>
      <Tabs.Panel value="tests">
        <Tests flowId={props.flowId} save={props.save} file={tests.data} />
      </Tabs.Panel>
    </Tabs>
  );
}
