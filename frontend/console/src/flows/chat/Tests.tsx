/** Conversations that must go as they once did: run, green or red, with what differs. */
import { Button, Textarea } from "@mantine/core";
import { CircleCheck, CircleX, FlaskConical, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../app/EmptyState";
import { useProblemWords } from "../../app/Problem";
import classes from "./Chat.module.css";
import { useRunTests, useSaveTests } from "./queries";

interface Props {
  flowId: string;
  save: () => Promise<void>;
  text: string;
}

export function Tests({ flowId, save, text }: Props) {
  const { t } = useTranslation("flowPanels");
  const words = useProblemWords();
  const run = useRunTests(flowId);
  const store = useSaveTests(flowId);
  const [draft, setDraft] = useState<string | null>(null);
  const empty = text.trim() === "" && draft === null;
  const go = async () => {
    await save();
    run.mutate();
  };
  const failed = run.data?.cases.filter(({ ok }) => !ok).length ?? 0;
  const problem = store.error ?? run.error;
  return (
    <div className={classes.tests}>
      {empty ? (
        <EmptyState icon={FlaskConical} title={t("tests.none")} text={t("tests.noneText")} />
      ) : (
        <Button leftSection={<Play size={15} />} loading={run.isPending} onClick={() => void go()}>
          {t("tests.run")}
        </Button>
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {words(problem).title} {words(problem).hint}
        </p>
      )}
      {run.data && (
        <>
          <p role="status" className={classes.verdict} data-ok={failed === 0 || undefined}>
            {failed === 0
              ? t("tests.passed", { n: run.data.cases.length })
              : t("tests.failed", { n: failed, all: run.data.cases.length })}
          </p>
          <ul className={classes.cases}>
            {run.data.cases.map((one) => (
              <li key={one.name} data-ok={one.ok || undefined}>
                <p>
                  {one.ok ? (
                    <CircleCheck size={15} aria-label={t("tests.ok")} />
                  ) : (
                    <CircleX size={15} aria-label={t("tests.bad")} />
                  )}
                  {one.name}
                </p>
                {one.failures.map((failure) => (
                  <small key={failure} dir="auto">
                    {failure}
                  </small>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
      <details className={classes.file}>
        <summary>{t("tests.file")}</summary>
        <Textarea
          aria-label={t("tests.file")}
          autosize
          minRows={8}
          maxRows={24}
          dir="ltr"
          spellCheck={false}
          value={draft ?? text}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={draft === null || draft === text}
          loading={store.isPending}
          onClick={() => draft !== null && store.mutate(draft, { onSuccess: () => setDraft(null) })}
        >
          {t("tests.save")}
        </Button>
      </details>
    </div>
  );
}
