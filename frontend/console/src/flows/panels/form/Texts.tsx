/** Fields for words: one text in the language shown, words with variables, lists of words. */
import { ActionIcon, Button, Combobox, TagsInput, Textarea, TextInput, Tooltip, useCombobox } from "@mantine/core";
import { Braces, Languages } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isRtl } from "../../../i18n";
import type { Text, Words } from "../../document";
import { type Completing, complete, completing, FILTERS } from "../model/complete";
import { type Path, pointerOf, withValue } from "../model/path";
import { marked, stateOf, withText } from "../model/texts";
import { namesOf, specOf } from "../model/variables";
import { useField, useForm } from "./context";
import { useFaultProps } from "./Faults";
import classes from "./Form.module.css";

interface AreaProps {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  /** One line that never breaks, or how many are shown at least. */
  lines?: number;
  /** Variables are completed and can be put in. */
  holes?: boolean;
  lang?: string;
  hidden?: boolean;
  placeholder?: string;
  description?: ReactNode;
  maxLength?: number;
  mono?: boolean;
  input?: object;
  disabled?: boolean;
}

/** Words in which `{{` offers variables, and `|` what can be done with them. */
export function TemplateArea(props: AreaProps) {
  const { label, value, onChange, lines = 1, holes = true, lang, hidden, mono, input, ...more } = props;
  const { t } = useTranslation("flowPanels");
  const { flow, locale } = useForm();
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  const combobox = useCombobox();
  const [at, setAt] = useState<Completing | null>(null);

  // The caret goes behind what was put in, once it is there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value is when.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value]);

  const look = () => {
    const box = field.current;
    if (!holes || !box) return;
    const found = completing(box.value, box.selectionStart ?? box.value.length);
    setAt(found);
    if (!found) return combobox.closeDropdown();
    combobox.openDropdown();
    combobox.selectFirstOption();
  };
  const put = (name: string) => {
    if (!at) return;
    const made = complete(value, at, name);
    caret.current = made.caret;
    onChange(made.text);
    setAt(null);
    combobox.closeDropdown();
  };
  const open = () => {
    const box = field.current;
    if (!box) return;
    const place = box.selectionStart ?? value.length;
    caret.current = place + 2;
    onChange(`${value.slice(0, place)}{{${value.slice(place)}`);
    box.focus();
    requestAnimationFrame(look);
  };
  const typed = at?.typed.toLowerCase() ?? "";
  const offered = at?.kind === "filter" ? FILTERS : namesOf(flow);
  const found = at ? offered.filter((name) => name.toLowerCase().includes(typed)).slice(0, 40) : [];
  const Input = lines > 1 ? Textarea : TextInput;
  const rows = lines > 1 ? { autosize: true, minRows: lines, maxRows: 14 } : {};
  const name = hidden ? { "aria-label": String(label) } : { label };
  const insert = holes && (
    <Tooltip label={t("insertVariable")}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={24}
        aria-label={`${t("insertVariable")}: ${typeof label === "string" ? label : ""}`}
        onClick={open}
      >
        <Braces size={14} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Combobox store={combobox} onOptionSubmit={put} position="bottom-start" width={280} withinPortal>
      <Combobox.EventsTarget withKeyboardNavigation={combobox.dropdownOpened} withAriaAttributes={holes}>
        <Combobox.DropdownTarget>
          <div>
            <Input
              {...name}
              {...rows}
              {...more}
              {...input}
              ref={field as never}
              value={value}
              lang={lang}
              dir={lang ? (isRtl(lang) ? "rtl" : "ltr") : mono ? "ltr" : "auto"}
              classNames={{ input: mono ? classes.mono : undefined, section: lines > 1 ? classes.top : undefined }}
              rightSection={insert || undefined}
              rightSectionPointerEvents="all"
              onChange={(event) => {
                onChange(event.currentTarget.value);
                look();
              }}
              onClick={look}
              onKeyUp={(event) => /^Arrow(Left|Right)|Home|End/.test(event.key) && look()}
              onBlur={() => combobox.closeDropdown()}
            />
          </div>
        </Combobox.DropdownTarget>
      </Combobox.EventsTarget>
      <Combobox.Dropdown hidden={found.length === 0}>
        <Combobox.Options mah={240} style={{ overflowY: "auto" }} aria-label={t("variables")}>
          {found.map((each) => (
            <Combobox.Option key={each} value={each}>
              <span className={classes.choice}>
                <bdi>{each}</bdi>
                {at?.kind === "variable" && <small>{labelOf(specOf(flow, each)?.label, locale)}</small>}
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export function labelOf(text: Text | undefined, locale: string): string {
  return text?.[locale] ?? Object.values(text ?? {})[0] ?? "";
}

interface TextProps {
  path: Path;
  label: string;
  lines?: number;
  hidden?: boolean;
  description?: ReactNode;
  holes?: boolean;
  maxLength?: number;
  /** Told when the field is left. */
  onLeave?: () => void;
  more?: ReactNode;
}

/** One text in the language shown; what stands in for it is its placeholder. */
export function TextField({ path, label, lines = 1, more, onLeave, ...rest }: TextProps) {
  const { flow, edit, locale } = useForm();
  const { value = {} } = useField<Text>(path);
  const words = value[locale] ?? "";
  const stand = standIn(value, locale, flow.locales);
  const props = useFaultProps(
    path,
    <>
      {more}
      <Mark path={path} text={value} />
    </>,
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears that focus left the field inside.
    <div onBlur={onLeave}>
      <TemplateArea
        label={label}
        lines={lines}
        value={words}
        lang={locale}
        placeholder={stand}
        onChange={(next) => edit((now) => withText(now, path, locale, next), `${pointerOf(path)} ${locale}`)}
        input={props}
        {...rest}
      />
    </div>
  );
}

function standIn(
  text: Text,
  locale: string,
  locales: { default: string; fallback?: Record<string, readonly string[]> },
) {
  const chain = [...(locales.fallback?.[locale] ?? []), locales.default, ...Object.keys(text)];
  return chain.map((each) => text[each]).find(Boolean);
}

/** Says that a translation is missing, or older than its source. */
function Mark({ path, text }: { path: Path; text: Text }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit, locale } = useForm();
  const state = stateOf(flow, { pointer: pointerOf(path), text }, locale);
  if (state !== "outdated" && (state !== "missing" || locale === flow.locales.default)) return null;
  return (
    <span className={classes.mark} data-state={state}>
      <Languages size={13} aria-hidden="true" />
      {t(state === "missing" ? "untranslated" : "outdated", { source: flow.locales.default.toUpperCase() })}
      {state === "outdated" && (
        <button type="button" className="linkish" onClick={() => edit((now) => marked(now, path, locale))}>
          {t("stillRight")}
        </button>
      )}
    </span>
  );
}

interface WordsProps {
  path: Path;
  label: string;
  description?: ReactNode;
  /** Sentences, one a line. */
  sentences?: boolean;
}

/** Lists of words in the language shown. */
export function WordsField({ path, label, description, sentences }: WordsProps) {
  const { t } = useTranslation("flowPanels");
  const { locale, edit } = useForm();
  const { value = {} } = useField<Words>(path);
  const props = useFaultProps(path, <Others words={value} locale={locale} />);
  const set = (words: readonly string[]) => {
    const kept = words.length > 0 ? words : undefined;
    edit((now) => withValue(now, [...path, locale], kept), `${pointerOf(path)} ${locale}`);
  };
  if (sentences) {
    return (
      <Lines
        label={label}
        description={description}
        value={value[locale] ?? []}
        onChange={set}
        lang={locale}
        input={props}
      />
    );
  }
  return (
    <TagsInput
      label={label}
      description={description}
      placeholder={value[locale]?.length ? undefined : t("typeAndEnter")}
      value={[...(value[locale] ?? [])]}
      onChange={set}
      splitChars={[",", ";", "،"]}
      acceptValueOnBlur
      lang={locale}
      dir={isRtl(locale) ? "rtl" : "ltr"}
      comboboxProps={{ withinPortal: true }}
      {...props}
    />
  );
}

/** How many words the other languages have: easily forgotten behind a switch. */
function Others({ words, locale }: { words: Words; locale: string }) {
  const rest = Object.entries(words).filter(([each, list]) => each !== locale && list.length > 0);
  if (rest.length === 0) return null;
  return (
    <span className={classes.mark}>
      <Languages size={13} aria-hidden="true" />
      {rest.map(([each, list]) => `${each.toUpperCase()} ${list.length}`).join(" · ")}
    </span>
  );
}

interface LinesProps {
  label: string;
  description?: ReactNode;
  value: readonly string[];
  onChange: (lines: string[]) => void;
  lang?: string;
  input?: object;
}

/** A list as lines of a text; empty lines live as long as the field has the focus. */
export function Lines({ label, description, value, onChange, lang, input }: LinesProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const linesOf = (text: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  return (
    <Textarea
      label={label}
      description={description}
      autosize
      minRows={2}
      maxRows={12}
      lang={lang}
      dir={lang && isRtl(lang) ? "rtl" : "auto"}
      {...input}
      value={draft ?? value.join("\n")}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        onChange(linesOf(event.currentTarget.value));
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

/** A text that only machines and builders read. */
export function LineField({
  path,
  label,
  lines = 1,
  holes = false,
  keep,
  hidden,
  ...rest
}: Omit<TextProps, "more" | "onLeave"> & { keep?: boolean; mono?: boolean; placeholder?: string }) {
  const { value, set } = useField<string | number>(path);
  const props = useFaultProps(path);
  return (
    <TemplateArea
      label={label}
      lines={lines}
      holes={holes}
      hidden={hidden}
      value={value === undefined || value === null ? "" : String(value)}
      onChange={(text) => set(text === "" && !keep ? undefined : text)}
      input={props}
      {...rest}
    />
  );
}

export function AddButton({ children, onClick, icon }: { children: ReactNode; onClick: () => void; icon: ReactNode }) {
  return (
    <Button variant="default" size="compact-sm" className={classes.add} leftSection={icon} onClick={onClick}>
      {children}
    </Button>
  );
}
