/** The phone: words and taps go in, the draft answers; any earlier turn can be gone back to. */
import { ActionIcon, Select, TextInput, Tooltip } from "@mantine/core";
import { RotateCcw, SendHorizontal } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRtl } from "../../i18n";
import { languageName } from "../panels/flow/FlowForm";
import { useForm } from "../panels/form/context";
import { CHANNELS, type Channel } from "../panels/model/channels";
import classes from "./Chat.module.css";
import { Failed, type Failure } from "./Failed";
import { Meanwhile, Mine } from "./Meanwhile";
import { playTurn } from "./queries";
import { SaveAsTest } from "./SaveAsTest";
import { BEGINNING, Beginning, type Start, StartFrom, startOf } from "./Start";
import type { TestChatProps } from "./TestChat";
import { TurnView } from "./TurnView";
import { lightsOf, type Said, type Turn } from "./turns";

function stepOf({ text, payload, advance, handback, event, data }: Said) {
  if (payload !== undefined) return { payload };
  if (advance !== undefined) return { advance };
  if (handback !== undefined) return { handback };
  if (event !== undefined) return { event, data };
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
