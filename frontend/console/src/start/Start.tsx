/** The first run: five steps, each done here or told exactly how. */
import { Button, Collapse } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Check, MessageCircle, Plug, Sparkles, UserPlus, Workflow } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useChannels, usePublished } from "../api/queries";
import { useCounts } from "../api/queue";
import { Copyable } from "../app/Copyable";
import { useSignedIn } from "../app/me";
import { Page } from "../app/Page";
import { mayGrant } from "../settings/may";
import classes from "./Start.module.css";
import { type Facts, type StepName, stepsDone } from "./steps";

const ICONS = { phone: MessageCircle, channel: Plug, flow: Workflow, model: Sparkles, colleague: UserPlus };

export function Start() {
  const { t } = useTranslation();
  const me = useSignedIn();
  const [, navigate] = useLocation();
  const channels = useChannels();
  const { data: counts } = useCounts();
  const facts: Facts = {
    conversations: counts ? counts.all + counts.snoozed + counts.resolved : 0,
    channels: channels.data ?? [],
    modelConnected: me.model_connected,
    flowPublished: usePublished(mayGrant(me.role, "builder")),
    colleagues: me.colleagues,
  };
  const done = stepsDone(facts);
  const steps: StepProps[] = [
    me.simulator_url
      ? { name: "phone", action: () => void window.open(me.simulator_url ?? "", "_blank", "noopener") }
      : { name: "phone", how: <How text={t("start.noPhone")} command="frontdesk simulate" /> },
    { name: "channel", action: () => navigate("/channels") },
    mayGrant(me.role, "builder")
      ? { name: "flow", label: t("flowPages.link"), action: () => navigate("/flows") }
      : {
          name: "flow",
          how: (
            <How
              text={t("start.howFlow")}
              command={`frontdesk flow validate flow.json\nfrontdesk flow import flow.json --tenant ${me.tenant.id}\nfrontdesk flow publish FLOW --tenant ${me.tenant.id}`}
            />
          ),
        },
    { name: "colleague", action: () => navigate("/settings/team") },
    { name: "model", how: <How text={t("start.howModel")} command="OPENAI_API_KEY=…" /> },
  ];
  const count = steps.filter(({ name }) => done[name]).length;
  return (
    <Page title={t("start.title")}>
      <p className={classes.intro}>
        {t("start.text")} <span className="tabular">{t("start.progress", { done: count, all: steps.length })}</span>
      </p>
      <div className={classes.bar} aria-hidden="true">
        <span style={{ width: `${(100 * count) / steps.length}%` }} />
      </div>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <Step key={step.name} {...step} done={done[step.name]} />
        ))}
      </ol>
    </Page>
  );
}

interface StepProps {
  name: StepName;
  /** What the button says, where that is not the step's own word. */
  label?: string;
  action?: () => void;
  how?: ReactNode;
}

function Step({ name, label, done, action, how }: StepProps & { done: boolean }) {
  const { t } = useTranslation();
  const [opened, { toggle }] = useDisclosure(false);
  const id = useId();
  const Icon = ICONS[name];
  return (
    <li className={classes.step} data-done={done || undefined}>
      <div className={classes.row}>
        <span className={classes.icon}>
          {done ? (
            <Check size={18} strokeWidth={2.25} aria-label={t("start.done")} />
          ) : (
            <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
          )}
        </span>
        <div className={classes.words}>
          <h2>{t(`start.${name}`)}</h2>
          <p>{t(`start.${name}Text`)}</p>
        </div>
        <Button
          size="sm"
          variant={done ? "subtle" : "default"}
          onClick={action ?? toggle}
          aria-expanded={how ? opened : undefined}
          aria-controls={how ? id : undefined}
        >
          {label ?? t(`start.${name}Do`)}
        </Button>
      </div>
      {how && (
        <Collapse expanded={opened} id={id}>
          <div className={classes.how}>{how}</div>
        </Collapse>
      )}
    </li>
  );
}

function How({ text, command }: { text: string; command: string }) {
  return (
    <>
      <p>{text}</p>
      <Copyable text={command} />
    </>
  );
}
