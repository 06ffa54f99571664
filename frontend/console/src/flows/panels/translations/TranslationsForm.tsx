/** Every text side by side in two languages, with what is missing or out of date. */
import { Button, FileButton, Select, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Download, Languages, Search, Upload } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../../app/EmptyState";
import { isRtl } from "../../../i18n";
import type { PanelProps } from "../../document";
import { languageName } from "../flow/FlowForm";
import { Panel, useForm } from "../form/context";
import { useFieldWords } from "../form/words";
import { fromCsv, toCsv } from "../model/csv";
import { type Found, marked, type State, stateOf, textsOf, withText } from "../model/texts";
import own from "./Translations.module.css";

const FILTERS = ["all", "missing", "outdated"] as const;
type Filter = (typeof FILTERS)[number];

export function TranslationsForm(props: PanelProps) {
  return (
    <Panel {...props}>
      <Grid />
    </Panel>
  );
}

function Grid() {
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const others = flow.locales.supported.filter((one) => one !== flow.locales.default);
  const [picked, setPicked] = useState<string | null>(null);
  const [source, setSource] = useState(flow.locales.default);
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const target = picked ?? (locale !== flow.locales.default && others.includes(locale) ? locale : others[0]);
  const all = useMemo(() => textsOf(flow), [flow]);
  const states = useMemo(
    () => new Map(target ? all.map((found): [string, State] => [found.pointer, stateOf(flow, found, target)]) : []),
    [flow, all, target],
  );
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  if (!target) return <EmptyState icon={Languages} title={t("texts.one")} text={t("texts.oneText")} />;
  const number = (state: State) => [...states.values()].filter((each) => each === state).length;
  const wanted = search.trim().toLocaleLowerCase();
  const shown = all.filter(({ pointer, text }) => {
    const state = states.get(pointer);
    if (filter === "all" ? state === "empty" : state !== filter && !kept.has(pointer)) return false;
    return !wanted || [text[source], text[target], pointer].some((one) => one?.toLocaleLowerCase().includes(wanted));
  });
  const choose = (next: Filter) => {
    setFilter(next);
    // What is put right stays where it is until another list is asked for.
    setKept(new Set(all.filter(({ pointer }) => states.get(pointer) === next).map(({ pointer }) => pointer)));
  };
  const total = all.length - number("empty");
  const data = (locales: readonly string[]) => locales.map((value) => ({ value, label: languageName(value) }));
  return (
    <div className={own.root}>
      <header className={own.bar}>
        <div className={own.pick}>
          <Select
            aria-label={t("texts.source")}
            data={data(flow.locales.supported)}
            value={source}
            allowDeselect={false}
            onChange={(next) => next && setSource(next)}
          />
          <span aria-hidden="true">→</span>
          <Select
            aria-label={t("texts.target")}
            data={data(flow.locales.supported)}
            value={target}
            allowDeselect={false}
            onChange={(next) => next && setPicked(next)}
          />
        </div>
        <fieldset className={own.filters} aria-label={t("texts.show")}>
          {FILTERS.map((each) => (
            <button key={each} type="button" aria-pressed={filter === each} onClick={() => choose(each)}>
              {t(`texts.${each}`)} <span className="tabular">{each === "all" ? total : number(each)}</span>
            </button>
          ))}
        </fieldset>
        <TextInput
          className={own.search}
          aria-label={t("texts.search")}
          placeholder={t("texts.search")}
          leftSection={<Search size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Files />
      </header>
      {shown.length === 0 ? (
        <p className={own.none}>{t(filter === "all" ? "texts.nothing" : "texts.allDone")}</p>
      ) : (
        <ul className={own.rows}>
          {shown.map((found) => (
            <TextRow
              key={found.pointer}
              found={found}
              source={source}
              target={target}
              state={states.get(found.pointer) ?? "done"}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

interface RowProps {
  found: Found;
  source: string;
  target: string;
  state: State;
}

function TextRow({ found, source, target, state }: RowProps) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit, show } = useForm();
  const words = useFieldWords();
  const { node, path, pointer, text } = found;
  const where = node === null ? t("vars.ofFlow") : flow.nodes[node]?.title || node;
  const field = [...path].reverse().find((part) => typeof part === "string" && !/^\d+$/.test(part) && part !== "text");
  const what = path[0] === "variables" ? String(path[1]) : words.label(String(field ?? ""));
  const original = text[source] ?? "";
  return (
    <li className={own.row} data-state={state}>
      <p className={own.where}>
        {node === null ? (
          <span>{where}</span>
        ) : (
          <button type="button" className="linkish" onClick={() => show(node)}>
            {where}
          </button>
        )}
        <small>{what}</small>
      </p>
      <p className={own.source} lang={source} dir={isRtl(source) ? "rtl" : "ltr"}>
        {original || <em>{t("texts.noSource")}</em>}
      </p>
      <div className={own.target}>
        <textarea
          aria-label={t("texts.field", { language: languageName(target), where, what })}
          rows={Math.min(8, Math.max(1, Math.ceil(original.length / 42)))}
          lang={target}
          dir={isRtl(target) ? "rtl" : "ltr"}
          value={text[target] ?? ""}
          onChange={(event) => {
            const next = event.currentTarget.value;
            edit((now) => withText(now, path, target, next), `${pointer} ${target}`);
          }}
        />
        {(state === "missing" || state === "outdated") && (
          <p className={own.state}>
            {t(state === "missing" ? "texts.isMissing" : "texts.isOutdated", {
              source: languageName(flow.locales.default),
            })}
            {state === "outdated" && (
              <button type="button" className="linkish" onClick={() => edit((now) => marked(now, path, target))}>
                {t("stillRight")}
              </button>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** A table for translators, out and back in. */
function Files() {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([toCsv(flow)], { type: "text/csv;charset=utf-8" }));
    link.download = `${flow.key}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const take = async (file: File | null) => {
    if (!file) return;
    const read = fromCsv(flow, await file.text());
    if (read.unreadable) {
      notifications.show({
        color: "red",
        title: t("texts.unreadable"),
        message: t("texts.unreadableText"),
        withBorder: true,
      });
      return;
    }
    if (read.changed > 0) edit(() => read.flow);
    const notes = [
      ...(read.unknown.length > 0 ? [t("texts.unknown", { n: read.unknown.length })] : []),
      ...(read.strange.length > 0 ? [t("texts.strange", { names: read.strange.join(", ") })] : []),
    ];
    notifications.show({ title: t("texts.imported", { n: read.changed }), message: notes.join(" "), withBorder: true });
  };
  return (
    <div className={own.files}>
      <Button variant="default" leftSection={<Download size={15} />} onClick={save}>
        {t("texts.export")}
      </Button>
      <FileButton accept=".csv,text/csv" onChange={take} inputProps={{ "aria-label": t("texts.import") }}>
        {(props) => (
          <Button variant="default" leftSection={<Upload size={15} />} {...props}>
            {t("texts.import")}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
