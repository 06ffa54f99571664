/** The phone: words and taps go in, the draft answers; any earlier turn can be gone back to. */
import { ActionIcon, Button, Menu, Popover, Select, TextInput, Tooltip } from "@mantine/core";
import { CircleAlert, Clock, FlaskConical, MapPinned, RotateCcw, SendHorizontal } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/http";
import { useProblemWords } from "../../app/Problem";
import { isRtl } from "../../i18n";
import type { FlowDocument, Issue } from "../document";
import { languageName } from "../panels/flow/FlowForm";
import { useForm } from "../panels/form/context";
import { JsonInput, ValueInput } from "../panels/form/Values";
import { CHANNELS, type Channel } from "../panels/model/channels";
import { spanOf } from "../panels/model/duration";
import { isRecord } from "../panels/model/path";
import { specOf } from "../panels/model/variables";
import classes from "./Chat.module.css";
import { draftTest, playTurn, useSaveTests } from "./queries";
import type { TestChatProps } from "./TestChat";
import { TurnView } from "./TurnView";
import { lightsOf, nextTimer, nodeOf, type Said, type Told, type Turn } from "./turns";

interface Failure {
  said: Said;
  error: unknown;
}

interface Start {
  node: string | null;
  variables: Record<string, unknown>;
  /** What stands in for other systems and rules, as tests write it. */
  mock: Record<string, unknown>;
}

const BEGINNING: Start = { node: null, variables: {}, mock: {} };

function startOf({ node, variables, mock }: Start) {
  const start = { ...(node ? { node } : {}), ...(Object.keys(variables).length > 0 ? { variables } : {}) };
  return { ...(Object.keys(start).length > 0 ? { start } : {}), ...(Object.keys(mock).length > 0 ? { mock } : {}) };
}

function stepOf({ text, payload, advance, handback }: Said) {
  if (payload !== undefined) return { payload };
  if (advance !== undefined) return { advance };
  if (handback !== undefined) return { handback };
  return text === undefined ? {} : { text };
}

/** Chats under way, by flow: a step is looked at and mended meanwhile, and the chat goes on. */
const kept = new Map<string, Kept>();

interface Kept {
  channel: Channel;
  locale: string;
  start: Start;
  turns: readonly Turn[];
  session: string | null;
  wound: boolean;
}

export function Chat({ flowId, save, onLights, keepsTests }: TestChatProps & { keepsTests: boolean }) {
  const { t } = useTranslation("flowPanels");
  const { flow, locale: shown } = useForm();
  const offered = (flow.channels ?? CHANNELS).filter((one): one is Channel =>
    (CHANNELS as readonly string[]).includes(one),
  );
  const [before] = useState(() => kept.get(flowId));
  const [channel, setChannel] = useState<Channel>(before?.channel ?? offered[0] ?? "whatsapp");
  const [locale, setLocale] = useState(before?.locale ?? shown);
  const [start, setStart] = useState<Start>(before?.start ?? BEGINNING);
  const [turns, setTurns] = useState<readonly Turn[]>(before?.turns ?? []);
  const [session, setSession] = useState<string | null>(before?.session ?? null);
  // Gone back, and nothing said since: the server still holds what came after.
  const [wound, setWound] = useState(before?.wound ?? false);
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState<Said | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const lights = useRef(onLights);
  lights.current = onLights;
  const last = turns.at(-1)?.told;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is when the end moves.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [turns, busy, failure]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: lights are of a turn, not of the document.
  useEffect(() => {
    lights.current(...lightsOf(last, flow));
  }, [last]);
  useEffect(() => () => lights.current([], null), []);

  useEffect(() => {
    kept.set(flowId, { channel, locale, start, turns, session, wound });
  }, [flowId, channel, locale, start, turns, session, wound]);

  const restart = useCallback(() => {
    setTurns([]);
    setSession(null);
    setFailure(null);
    setBusy(null);
  }, []);

  const send = async (said: Said) => {
    if (busy) return;
    setBusy(said);
    setFailure(null);
    try {
      await save();
      const mock = Object.keys(start.mock).length > 0 ? { mock: start.mock } : {};
      const place = session && last ? { session, after: last.turn, ...mock } : { channel, locale, ...startOf(start) };
      const answer = await playTurn(flowId, { steps: [stepOf(said)], ...place });
      setSession(answer.session);
      setTurns([...turns, ...answer.items.map((told) => ({ said, told }))]);
      setWound(false);
    } catch (error) {
      setFailure({ said, error });
      if (said.text !== undefined) setWords(said.text);
    }
    setBusy(null);
  };
  const goBack = (at: number) => {
    setTurns(turns.slice(0, at + 1));
    setWound(true);
    setFailure(null);
  };
  const begun = (change: () => void) => {
    change();
    restart();
  };
  const submit = () => {
    const text = words.trim();
    if (!text) return;
    setWords("");
    void send({ text });
  };
  return (
    <section className={classes.chat} aria-label={t("chat.title")}>
      <header className={classes.bar}>
        <Select
          aria-label={t("chat.channel")}
          data={offered.map((value) => ({ value, label: t(`channel.${value}`) }))}
          value={channel}
          allowDeselect={false}
          onChange={(next) => next && begun(() => setChannel(next as Channel))}
          comboboxProps={{ withinPortal: true }}
        />
        <Select
          aria-label={t("chat.language")}
          data={flow.locales.supported.map((value) => ({ value, label: languageName(value) }))}
          value={locale}
          allowDeselect={false}
          onChange={(next) => next && begun(() => setLocale(next))}
          comboboxProps={{ withinPortal: true }}
        />
        {keepsTests && <SaveAsTest flowId={flowId} session={turns.length > 0 && !wound ? session : null} />}
        <StartFrom value={start} onChange={(next) => begun(() => setStart(next))} />
        <Tooltip label={t("chat.restart")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("chat.restart")}
            disabled={turns.length === 0 && !failure}
            onClick={restart}
          >
            <RotateCcw size={16} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div
        className={classes.thread}
        data-channel={channel}
        lang={locale}
        role="log"
        aria-label={t("chat.thread")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
        tabIndex={0}
      >
        {turns.length === 0 && !busy && !failure && <Beginning start={start} onSay={(said) => void send(said)} />}
        {turns.map((turn, at) => (
          <TurnView
            key={turn.told.turn}
            turn={turn}
            before={turns[at - 1]?.told}
            channel={channel}
            locale={locale}
            newest={at === turns.length - 1}
            busy={busy !== null}
            onTap={(option) => void send({ payload: option.id, label: option.label })}
            onBack={at < turns.length - 1 ? () => goBack(at) : undefined}
          />
        ))}
        {busy && (
          <>
            <Mine said={busy} />
            <p className={classes.typing} role="status" aria-label={t("chat.thinking")}>
              <i />
              <i />
              <i />
            </p>
          </>
        )}
        {failure && (
          <Failed
            failure={failure}
            onAgain={() => void send(failure.said)}
            onRestart={restart}
            onBack={turns.length > 1 ? () => goBack(turns.length - 2) : undefined}
          />
        )}
        <div ref={end} />
      </div>
      {turns.length > 0 && <Meanwhile told={last} busy={busy !== null} onDo={(said) => void send(said)} />}
      <form
        className={classes.composer}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextInput
          aria-label={t("chat.write")}
          placeholder={t("chat.write")}
          radius="xl"
          maxLength={4000}
          dir={isRtl(locale) ? "rtl" : "auto"}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <ActionIcon
          type="submit"
          size={36}
          radius="xl"
          aria-label={t("chat.send")}
          disabled={!words.trim() || busy !== null}
        >
          <SendHorizontal size={17} className={classes.flip} />
        </ActionIcon>
      </form>
    </section>
  );
}

export function Mine({ said }: { said: Said }) {
  const { t } = useTranslation("flowPanels");
  const span = spanOf(said.advance);
  if (said.advance !== undefined) {
    return (
      <p className={classes.event}>
        <Clock size={13} aria-hidden="true" />
        {t("chat.passed", { time: span ? `${span.amount} ${t(`unit.${span.unit}`)}` : said.advance })}
      </p>
    );
  }
  if (said.handback !== undefined)
    return <p className={classes.event}>{t("chat.gaveBack", { port: said.handback })}</p>;
  if (said.text === undefined && said.label === undefined)
    return <p className={classes.event}>{t("chat.justBegin")}</p>;
  return (
    <p className={classes.mine} data-tap={said.payload !== undefined || undefined} dir="auto">
      <span className="sr">{t("chat.customer")}: </span>
      {said.label ?? said.text}
    </p>
  );
}

function Beginning({ start, onSay }: { start: Start; onSay: (said: Said) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  return (
    <div className={classes.beginning}>
      <p>{start.node ? t("chat.beginAt", { node: flow.nodes[start.node]?.title || start.node }) : t("chat.begin")}</p>
      <span>
        <Button variant="default" size="compact-sm" radius="xl" onClick={() => onSay({ text: t("chat.hello") })}>
          {t("chat.hello")}
        </Button>{" "}
        {start.node && (
          <Button variant="default" size="compact-sm" radius="xl" onClick={() => onSay({})}>
            {t("chat.justBegin")}
          </Button>
        )}
      </span>
      <small>{t("chat.nothingLeaves")}</small>
    </div>
  );
}

/** Where the chat begins, and what is known then. */
function StartFrom({ value, onChange }: { value: Start; onChange: (start: Start) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const [open, setOpen] = useState(false);
  const names = Object.keys(flow.variables ?? {});
  const set = (name: string, next: unknown) => {
    const rest = Object.fromEntries(Object.entries(value.variables).filter(([each]) => each !== name));
    onChange({ ...value, variables: next === undefined || next === null ? rest : { ...rest, [name]: next } });
  };
  const isSet = value.node !== null || Object.keys(value.variables).length + Object.keys(value.mock).length > 0;
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-end" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label={t("chat.startFrom")}>
          <ActionIcon
            variant={isSet ? "light" : "subtle"}
            color={isSet ? "accent" : "gray"}
            size={32}
            aria-label={t("chat.startFrom")}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <MapPinned size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("chat.startFrom")}>
        <div className={classes.start}>
          <Select
            label={t("chat.startFrom")}
            placeholder={t("chat.beginning")}
            searchable
            openOnFocus={false}
            clearable
            clearButtonProps={{ "aria-label": t("clear") }}
            data={Object.entries(flow.nodes)
              .filter(([, node]) => node.type !== "note")
              .map(([key, node]) => ({ value: key, label: node.title || key }))}
            value={value.node}
            onChange={(node) => onChange({ ...value, node })}
            comboboxProps={{ withinPortal: false }}
          />
          {names.length > 0 && <p className={classes.label}>{t("chat.known")}</p>}
          <div className={classes.known}>
            {names.map((name) => (
              <div key={name}>
                <bdi>{name}</bdi>
                <ValueInput
                  label={name}
                  spec={specOf(flow, name)}
                  kinds={["text", "number", "yesno", "nothing"]}
                  value={value.variables[name]}
                  onChange={(next) => set(name, next)}
                />
              </div>
            ))}
          </div>
          <JsonInput
            label={t("chat.standIns")}
            description={t("chat.standInsNote")}
            value={Object.keys(value.mock).length > 0 ? value.mock : undefined}
            onChange={(mock) => onChange({ ...value, mock: isRecord(mock) ? mock : {} })}
          />
          {isSet && (
            <Button variant="subtle" size="compact-sm" onClick={() => onChange(BEGINNING)}>
              {t("clear")}
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface FailedProps {
  failure: Failure;
  onAgain: () => void;
  onRestart: () => void;
  onBack?: () => void;
}

/** What went wrong, in plain words, with the ways on. */
function Failed({ failure, onAgain, onRestart, onBack }: FailedProps) {
  const { t } = useTranslation("flowPanels");
  const { show, flow } = useForm();
  const words = useProblemWords();
  const { error } = failure;
  const problem = error instanceof ProblemError ? error.problem : null;
  const issues =
    problem && Array.isArray(problem.issues)
      ? (problem.issues as Issue[]).filter(({ severity }) => severity === "error")
      : [];
  const status = error instanceof ProblemError ? error.status : 0;
  const { title, hint } = words(error);
  const text =
    issues.length > 0
      ? t("chat.cannotRun")
      : status === 409
        ? t("chat.moved")
        : status === 404
          ? t("chat.expired")
          : [title, hint].filter(Boolean).join(" ");
  return (
    <div className={classes.failed} role="alert">
      <p>
        <CircleAlert size={15} aria-hidden="true" />
        {text}
      </p>
      {issues.length > 0 && (
        <ul>
          {issues.slice(0, 4).map((issue) => {
            const node = /^\/nodes\/([^/]+)/.exec(issue.pointer)?.[1];
            return (
              <li key={`${issue.pointer} ${issue.code}`}>
                {node && flow.nodes[node] ? (
                  <button type="button" className="linkish" onClick={() => show(node)}>
                    {issue.message}
                  </button>
                ) : (
                  issue.message
                )}
              </li>
            );
          })}
        </ul>
      )}
      <span>
        {status !== 404 && status !== 409 && (
          <Button size="compact-sm" variant="default" onClick={onAgain}>
            {t("chat.again")}
          </Button>
        )}
        {onBack && status === 409 && (
          <Button size="compact-sm" variant="default" onClick={onBack}>
            {t("chat.oneBack")}
          </Button>
        )}
        <Button size="compact-sm" variant="default" onClick={onRestart}>
          {t("chat.restart")}
        </Button>
      </span>
    </div>
  );
}

/** Time passes, or a person gives the conversation back. */
function Meanwhile({ told, busy, onDo }: { told: Told | undefined; busy: boolean; onDo: (said: Said) => void }) {
  const { t, i18n } = useTranslation("flowPanels");
  const { flow } = useForm();
  if (told?.now === undefined) return null;
  const next = nextTimer(told);
  const node = told.cursor ? nodeOf(told.cursor, flow) : null;
  const held = node !== null && flow.nodes[node]?.type === "handoff";
  const span = next ? spanOf(next.advance) : null;
  const clock = new Date(told.now).toLocaleString(i18n.language, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zoneOf(flow),
  });
  return (
    <div className={classes.meanwhile}>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <button type="button" disabled={busy}>
            <Clock size={13} aria-hidden="true" />
            <span className="sr">{t("chat.letPass")}: </span>
            <span className="tabular">{clock}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("chat.letPass")}</Menu.Label>
          {next && span && (
            <Menu.Item onClick={() => onDo({ advance: next.advance })}>
              {t("chat.untilNext", { time: `${span.amount} ${t(`unit.${span.unit}`)}` })}
            </Menu.Item>
          )}
          {(["PT15M", "PT1H", "P1D"] as const).map((advance) => {
            const { amount, unit } = spanOf(advance) ?? { amount: 1, unit: "hours" as const };
            return (
              <Menu.Item key={advance} onClick={() => onDo({ advance })}>
                {amount} {t(`unit.${unit}`)}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {held &&
        (["resolved", "returned"] as const).map((port) => (
          <button key={port} type="button" disabled={busy} onClick={() => onDo({ handback: port })}>
            {t(`chat.${port}`)}
          </button>
        ))}
    </div>
  );
}

function zoneOf(flow: FlowDocument): string {
  const zone = flow.settings?.timezone;
  return typeof zone === "string" && zone ? zone : "UTC";
}

/** The server writes the chat as a test, and keeps it with the others. */
function SaveAsTest({ flowId, session }: { flowId: string; session: string | null }) {
  const { t } = useTranslation("flowPanels");
  const save = useSaveTests(flowId);
  const words = useProblemWords();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<unknown>(null);
  const submit = async () => {
    if (!session || !name.trim()) return;
    setProblem(null);
    try {
      await save.mutateAsync(await draftTest(flowId, session, name.trim()));
      setOpen(false);
      setName("");
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Popover opened={open} onChange={setOpen} width={300} position="bottom-end" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label={t("chat.saveTest")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t("chat.saveTest")}
            aria-expanded={open}
            disabled={session === null}
            onClick={() => setOpen(!open)}
          >
            <FlaskConical size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("chat.saveTest")}>
        <form
          className={classes.start}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextInput
            label={t("chat.testName")}
            description={t("chat.testNote")}
            data-autofocus
            maxLength={200}
            value={name}
            error={problem ? [words(problem).title, words(problem).hint].filter(Boolean).join(" ") : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
            {t("chat.saveTest")}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
