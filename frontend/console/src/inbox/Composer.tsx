/** Where staff write; what the provider would refuse is not offered, and the line above says what is. */
import type { ConversationDetail, SendVerdict } from "@frontdesk/shared";
import { ActionIcon, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useAddNote, useCanned } from "../api/composing";
import { ProblemError } from "../api/http";
import { keys } from "../api/keys";
import { usePlan } from "../api/planned";
import { useReply } from "../api/queries";
import { useNow } from "../app/clock";
import { newKey } from "../app/keys";
import { useSignedIn } from "../app/me";
import { useTellProblem } from "../app/Problem";
import classes from "./Composer.module.css";
import { AttachButton } from "./composer/AttachButton";
import { Attached } from "./composer/Attached";
import { type Chosen, filesIn } from "./composer/attaching";
import { fillIn, unfilled, wordsIn } from "./composer/canned";
import { dropSent, type Mode } from "./composer/drafts";
import { Later } from "./composer/Later";
import { mentioned } from "./composer/mentions";
import { Picker } from "./composer/Picker";
import { PlannedList } from "./composer/PlannedList";
import { StatusLine } from "./composer/StatusLine";
import { useAttachments } from "./composer/useAttachments";
import { useDraft } from "./composer/useDraft";
import { usePicking } from "./composer/usePicking";
import { usePresence } from "./composer/usePresence";
import type { Holder } from "./owner";
import { asVerdict, windowState } from "./window";

export interface ComposerHandle {
  focus: (mode?: Mode) => void;
  attach: (files: readonly File[]) => void;
  /** Put words into the reply, after what is there already. */
  fill: (text: string) => void;
}

interface Props {
  conversation: ConversationDetail;
  holder: Holder;
  ref: Ref<ComposerHandle>;
}

type Say = (text: string, file?: Chosen) => Promise<unknown>;
const MODES: readonly Mode[] = ["reply", "note"];

export function Composer({ conversation, holder, ref }: Props) {
  const { t, i18n } = useTranslation();
  const { staff, tenant, role } = useSignedIn();
  const now = useNow();
  const tell = useTellProblem();
  const client = useQueryClient();
  const list = useId();
  const [mode, setMode] = useState<Mode>("reply");
  const draft = useDraft(staff?.id ?? "", conversation.id, mode);
  const [caret, setCaret] = useState(0);
  const [called, setCalled] = useState<{ id: string; name: string | null }[]>([]);
  const [refused, setRefused] = useState<SendVerdict | null>(null);
  const [asked, setAsked] = useState(false);
  const sentFrom = (kind: Mode) => (text: string) => dropSent(staff?.id ?? "", conversation.id, kind, text);
  const reply = useReply(conversation.id, staff?.name ?? null, sentFrom("reply"));
  const note = useAddNote(conversation.id, sentFrom("note"));
  const plan = usePlan(conversation.id, sentFrom("reply"));
  const presence = usePresence(conversation.id);
  const canned = useCanned().data;
  const input = useRef<HTMLTextAreaElement>(null);
  const wantedCaret = useRef<number | null>(null);
  const { text } = draft;
  const files = useAttachments(staff?.id ?? "", conversation.id, conversation.attachable);

  const write = (words: string, to?: number) => {
    draft.set(words);
    setAsked(false);
    presence.noteTyping(!words.trim());
    if (to !== undefined) wantedCaret.current = to;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the new words stand there, the caret goes behind them
  useLayoutEffect(() => {
    const to = wantedCaret.current;
    if (to === null) return;
    wantedCaret.current = null;
    input.current?.focus();
    input.current?.setSelectionRange(to, to);
    setCaret(to);
  }, [text]);
  const fill = (words: string) => {
    setMode("reply");
    const all = mode === "reply" && text.trim() ? `${text.trimEnd()}\n${words}`.trimEnd() : words;
    write(all, all.length);
    input.current?.focus();
  };
  const attach = (chosen: readonly File[]) => {
    if (closed || !chosen.length) return;
    setMode("reply");
    files.add(chosen);
    input.current?.focus();
  };
  useImperativeHandle(ref, () => ({
    focus: (wanted = "reply") => {
      setMode(wanted);
      input.current?.focus();
    },
    fill,
    attach,
  }));

  const waiting = mode === "reply" && files.busy;
  const verdict = refused ?? conversation.can_send;
  const state = windowState(verdict, now);
  const closed = mode === "reply" && state.kind === "closed";
  const open = mode === "reply" ? unfilled(text) : null;
  const picking = usePicking({
    mode,
    text,
    caret,
    locale: conversation.locale,
    replace: (from, words) => write(text.slice(0, from) + words + text.slice(caret), from + words.length),
    render: ({ texts }) =>
      fillIn(wordsIn(texts, conversation.locale, i18n.language), {
        contact: conversation.contact.name,
        staff: staff?.name ?? null,
        business: tenant.name,
        channel: t(`kind.${conversation.channel}`),
      }),
    onMention: (who) => setCalled((before) => [...before, who]),
  });

  const failed = (words: string) => (error: unknown) => {
    draft.show(words);
    if (error instanceof ProblemError && error.code === "send_refused") setRefused(asVerdict(error));
    else tell(error);
    if (error instanceof ProblemError && error.status === 401) void client.invalidateQueries({ queryKey: keys.me });
  };
  const later = (at: string) => {
    const words = text.trim();
    if (!(words || files.ready.length) || closed || open || plan.isPending || waiting) return;
    draft.show("");
    presence.noteTyping(true);
    void each(words, files.ready, (said, file) => plan.mutateAsync({ text: said, at, file: file?.id ?? undefined }));
  };
  const send = () => {
    const words = text.trim();
    const papers = mode === "reply" ? files.ready : [];
    if ((!words && !papers.length) || closed || open || reply.isPending || note.isPending || waiting) return;
    if (mode === "reply" && presence.typing.length > 0 && !asked) {
      setAsked(true);
      return;
    }
    setAsked(false);
    draft.show("");
    presence.noteTyping(true);
    if (mode === "note") note.mutate({ text: words, mentions: mentioned(words, called) }, { onError: failed(words) });
    else void each(words, papers, (said, file) => reply.mutateAsync({ text: said, key: newKey(), file }));
  };
  /** Each file is a message, in order; the words go along with the first. */
  const each = async (words: string, papers: readonly Chosen[], say: Say) => {
    let rest = words;
    try {
      for (const file of papers.length ? papers : [undefined]) {
        await say(rest, file);
        if (file) files.sent(file.key);
        rest = "";
      }
    } catch (error) {
      failed(rest)(error);
    }
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (picking.press(event)) return;
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const choosing = picking.choices.length > 0;
  const hint = mode === "reply" && canned?.length === 0 && /(?:^|\s)\/$/.test(text.slice(0, caret));
  const manage = role === "owner" || role === "admin";
  return (
    <footer className={classes.foot} data-mode={mode}>
      {(choosing || hint) && (
        <Picker
          id={list}
          label={t(mode === "reply" ? "compose.canned" : "compose.colleagues")}
          choices={picking.choices}
          active={picking.active}
          onPick={picking.pick}
          onHover={picking.setActive}
          footer={
            mode === "reply" && (hint || manage) ? (
              <p>
                {hint && `${t("compose.noCanned")} `}
                {manage && <Link to="/settings/canned">{t("compose.manage")}</Link>}
              </p>
            ) : null
          }
        />
      )}
      <PlannedList
        conversation={conversation.id}
        me={staff?.id ?? null}
        onEdit={(words, file) => {
          if (file) files.restore(file);
          fill(words);
        }}
      />
      <div className={classes.line}>
        <div role="tablist" aria-label={t("compose.mode")} className={classes.tabs}>
          {MODES.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={mode === each}
              onClick={() => {
                setMode(each);
                input.current?.focus();
              }}
            >
              {t(`compose.${each}`)}
            </button>
          ))}
        </div>
        <StatusLine
          conversation={conversation}
          holder={holder}
          mode={mode}
          state={state}
          until={verdict.until}
          unfilled={open}
          presence={presence}
          asked={asked}
          onSendAnyway={send}
        />
      </div>
      {mode === "reply" && <Attached chosen={files.chosen} onDrop={files.drop} />}
      <div className={classes.field} data-closed={closed || undefined}>
        <Textarea
          ref={input}
          className={classes.input}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={8}
          dir={text ? "auto" : undefined}
          value={text}
          disabled={closed}
          placeholder={t(mode === "reply" ? "composer.placeholder" : "compose.notePlaceholder")}
          aria-label={t(mode === "reply" ? "composer.label" : "compose.noteLabel")}
          title={t("composer.hint")}
          aria-autocomplete="list"
          aria-controls={choosing ? list : undefined}
          aria-activedescendant={choosing ? `${list}-${picking.active}` : undefined}
          onChange={(event) => {
            setCaret(event.currentTarget.selectionStart);
            write(event.currentTarget.value);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={press}
          onPaste={(event) => {
            const pasted = filesIn(event.clipboardData);
            if (!pasted.length || event.clipboardData.getData("text/plain")) return;
            event.preventDefault();
            attach(pasted);
          }}
        />
        {mode === "reply" && <AttachButton limits={conversation.attachable} disabled={closed} onChoose={attach} />}
        {mode === "reply" && (
          <Later
            disabled={closed || !(text.trim() || files.ready.length) || open !== null || plan.isPending || waiting}
            until={verdict.until}
            onMoment={later}
          />
        )}
        <ActionIcon
          size={36}
          radius="xl"
          disabled={closed || !(text.trim() || (mode === "reply" && files.ready.length)) || open !== null || waiting}
          onClick={send}
          aria-label={t(mode === "reply" ? "composer.send" : "compose.save")}
          title={t(mode === "reply" ? "composer.send" : "compose.save")}
        >
          <ArrowUp size={18} />
        </ActionIcon>
      </div>
    </footer>
  );
}
