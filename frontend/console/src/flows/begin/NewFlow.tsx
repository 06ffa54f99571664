/** A new flow: what it begins with, a name and a language. */
import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Dialog } from "../../app/Dialog";
import { useTellProblem } from "../../app/Problem";
import { LANGUAGES } from "../../i18n";
import { blankFlow, keyFor } from "../blank";
import { useCreateFlow } from "../queries";
import classes from "./Begin.module.css";
import { BLANK, ChoiceCards } from "./Cards";
import { told, useTemplates, writtenIn } from "./queries";

interface Props {
  /** What is chosen first. */
  first?: string;
  taken: ReadonlySet<string>;
  onClose(): void;
}

export function NewFlow({ first = BLANK, taken, onClose }: Props) {
  const { t, i18n } = useTranslation("flows");
  const { t: say } = useTranslation("begin");
  const tell = useTellProblem();
  const [, navigate] = useLocation();
  const templates = useTemplates();
  const create = useCreateFlow();
  const [chosen, setChosen] = useState(first);
  const [typed, setTyped] = useState<string | null>(null);
  const [wanted, setWanted] = useState(i18n.language);
  const template = templates.data?.find(({ key }) => key === chosen);
  const languages = template?.languages ?? Object.keys(LANGUAGES);
  const locale = writtenIn(languages, wanted);
  const name = typed ?? (template ? told(template.title, locale) : "");
  const submit = () => {
    const spoken = name.trim();
    const body = template
      ? { template: template.key, name: spoken, locale }
      : blankFlow(keyFor(spoken, taken), spoken, locale);
    create.mutate(body, { onError: tell, onSuccess: ({ id }) => navigate(`/flows/${id}`) });
  };
  return (
    <Dialog opened onClose={onClose} title={t("list.new")} size="xl">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ChoiceCards templates={templates.data ?? []} chosen={chosen} onChoose={setChosen} />
        <div className={classes.fields}>
          <TextInput
            label={t("list.name")}
            placeholder={t("list.namePlaceholder")}
            data-autofocus
            required
            withAsterisk={false}
            maxLength={120}
            value={name}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Select
            label={t("list.language")}
            description={template ? say("hint") : t("list.languageHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            allowDeselect={false}
            data={languages.map((value) => ({ value, label: LANGUAGES[value as keyof typeof LANGUAGES] ?? value }))}
            value={locale}
            onChange={(value) => value && setWanted(value)}
          />
        </div>
        <Button type="submit" loading={create.isPending}>
          {t("list.create")}
        </Button>
      </form>
    </Dialog>
  );
}
