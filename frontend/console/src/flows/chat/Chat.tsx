/** The phone: words and taps go in, the draft answers; any earlier turn can be gone back to. */
import { ActionIcon, Button, Popover, Select, TextInput, Tooltip } from "@mantine/core";
import { CircleAlert, FlaskConical, MapPinned, RotateCcw, SendHorizontal } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/http";
import { useProblemWords } from "../../app/Problem";
import { isRtl } from "../../i18n";
import type { Issue } from "../document";
import { languageName } from "../panels/flow/FlowForm";
import { useForm } from "../panels/form/context";
import { ValueInput } from "../panels/form/Values";
import { CHANNELS, type Channel } from "../panels/model/channels";
import { specOf } from "../panels/model/variables";
import classes from "./Chat.module.css";
import { playTurn, useSaveTests } from "./queries";
import type { TestChatProps } from "./TestChat";
import { TurnView } from "./TurnView";
import { caseOf, lightsOf, type Said, type Turn, withCase } from "./turns";

interface Failure {
  said: Said;
  error: unknown;
}

interface Start {
  node: string | null;
  variables: Record<string, unknown>;
}

const BEGINNING: Start = { node: null, variables: {} };

export function Chat({ flowId, save, onLights, tests }: TestChatProps & { tests: string | null }) {
  const { t } = useTranslation("flowPanels");
  const { flow, locale: shown } = useForm();
  const offered = (flow.channels ?? CHANNELS).filter((one): one is Channel =>
    (CHANNELS as readonly string[]).includes(one),
  );
  const [channel, setChannel] = useState<Channel>(offered[0] ?? "whatsapp");
  const [locale, setLocale] = useState(shown);
  const [start, setStart] = useState<Start>(BEGINNING);
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [session, setSession] = useState<string | null>(null);
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
      const step = said.payload === undefined ? { text: said.text ?? "" } : { payload: said.payload };
      const from = start.node ? { start: start.node } : {};
      const given = Object.keys(start.variables).length > 0 ? { variables: start.variables } : {};
      const place = session && last ? { session, after: last.turn } : { channel, locale, ...from, ...given };
      const answer = await playTurn(flowId, { steps: [step], ...place });
      setSession(answer.session);
      setTurns([...turns, ...answer.items.map((told) => ({ said, told }))]);
    } catch (error) {
      setFailure({ said, error });
      if (said.payload === undefined) setWords(said.text ?? "");
    }
    setBusy(null);
  };
  const goBack = (at: number) => {
    setTurns(turns.slice(0, at + 1));
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
        <StartFrom value={start} onChange={(next) => begun(() => setStart(next))} />
        {tests !== null && <SaveAsTest flowId={flowId} tests={tests} turns={turns} channel={channel} locale={locale} />}
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
        {turns.length === 0 && !busy && !failure && <Beginning start={start} onSay={(text) => void send({ text })} />}
        {turns.map((turn, at) => (
          <TurnView
            key={turn.told.turn}
            turn={turn}
            before={turns[at - 1]?.told}
            channel={channel}
            locale={locale}
            newest={at === turns.length - 1 && !busy}
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
  return (
    <p className={classes.mine} data-tap={said.payload !== undefined || undefined} dir="auto">
      <span className="sr">{t("chat.customer")}: </span>
      {said.label ?? said.text}
    </p>
  );
}

function Beginning({ start, onSay }: { start: Start; onSay: (text: string) => void }) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  return (
    <div className={classes.beginning}>
      <p>{start.node ? t("chat.beginAt", { node: flow.nodes[start.node]?.title || start.node }) : t("chat.begin")}</p>
      <Button variant="default" size="compact-sm" radius="xl" onClick={() => onSay(t("chat.hello"))}>
        {t("chat.hello")}
      </Button>
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
  const isSet = value.node !== null || Object.keys(value.variables).length > 0;
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

interface SaveProps {
  flowId: string;
  tests: string;
  turns: readonly Turn[];
  channel: string;
  locale: string;
}

function SaveAsTest({ flowId, tests, turns, channel, locale }: SaveProps) {
  const { t } = useTranslation("flowPanels");
  const { flow } = useForm();
  const save = useSaveTests(flowId);
  const words = useProblemWords();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const submit = () => {
    const made = caseOf(turns, { name: name.trim(), channel, locale });
    save.mutate(withCase(tests, made, flow.key), {
      onSuccess: () => {
        setOpen(false);
        setName("");
      },
    });
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
            disabled={turns.length === 0}
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
            if (name.trim()) submit();
          }}
        >
          <TextInput
            label={t("chat.testName")}
            description={t("chat.testNote")}
            data-autofocus
            value={name}
            error={save.isError ? words(save.error).hint : undefined}
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
