/** Two builders changed the same part: both versions, and which is kept. */
import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../app/Dialog";
import { useFlow, useSession, useUi } from "./context";
import type { FlowNode } from "./document";
import classes from "./Editor.module.css";
import type { Clash, Side } from "./merge";
import { useNaming } from "./naming";
import { textsOf, wordsOf } from "./texts";

/** What both changed: one question for each part, both versions to be read. */
export function MergeDialog({ clashes, who }: { clashes: readonly Clash[]; who: string | null }) {
  const { t } = useTranslation("flows");
  const { saver } = useSession();
  const [choices, setChoices] = useState<Record<string, Side>>({});
  const open = clashes.filter(({ part }) => !choices[part]).length;
  return (
    <Dialog opened onClose={() => undefined} withCloseButton={false} title={t("merge.title")} size="xl">
      <p className={classes.quiet}>{who ? t("merge.textBy", { who }) : t("merge.text")}</p>
      <ul className={classes.clashes}>
        {clashes.map((clash) => (
          <li key={clash.part}>
            <ClashName part={clash.part} />
            <div className={classes.versions}>
              {(["mine", "theirs"] as const).map((side) => (
                <Taken
                  key={side}
                  label={t(`merge.${side}`)}
                  value={clash[side]}
                  chosen={choices[clash.part] === side}
                />
              ))}
            </div>
            <SegmentedControl
              fullWidth
              aria-label={clash.part}
              value={choices[clash.part] ?? ""}
              onChange={(side) => setChoices((before) => ({ ...before, [clash.part]: side as Side }))}
              data={[
                { value: "mine", label: t("merge.takeMine") },
                { value: "theirs", label: t("merge.takeTheirs") },
              ]}
            />
          </li>
        ))}
      </ul>
      <Button fullWidth mt="md" disabled={open > 0} onClick={() => saver.decide(choices)}>
        {open > 0 ? t("merge.open", { n: open }) : t("merge.act")}
      </Button>
    </Dialog>
  );
}

function ClashName({ part }: { part: string }) {
  const { t } = useTranslation("flows");
  const flow = useFlow();
  const { nodeName } = useNaming();
  const [area = "", id = ""] = part.split(/\/(.*)/s);
  const node = flow.nodes[id];
  return (
    <h3>
      <bdi>
        {area === "nodes" && node ? nodeName(node, id) : area === "nodes" || area === "variables" ? id : t("side.flow")}
      </bdi>{" "}
      <small>{part}</small>
    </h3>
  );
}

function Taken({ label, value, chosen }: { label: string; value: unknown; chosen: boolean }) {
  const { t } = useTranslation("flows");
  const flow = useFlow();
  const locale = useUi((ui) => ui.locale);
  const node = value as FlowNode | undefined;
  const words = node?.type ? wordsOf(node, locale, flow).text : "";
  return (
    <figure data-chosen={chosen || undefined}>
      <figcaption>{label}</figcaption>
      {value === undefined ? (
        <p className={classes.quiet}>{t("merge.removed")}</p>
      ) : (
        <>
          <p dir="auto">{[node?.title, words || textsOf(value)[0]].filter(Boolean).join(": ")}</p>
          <details>
            <summary>{t("merge.whole")}</summary>
            <pre dir="ltr">{JSON.stringify(value, null, 1)}</pre>
          </details>
        </>
      )}
    </figure>
  );
}
