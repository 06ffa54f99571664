/** Conversations that must go as they once did: run, green or red, with what differs. */
import { Button, Textarea } from "@mantine/core";
import { CircleCheck, CircleX, FlaskConical, Play } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/http";
import { EmptyState } from "../../app/EmptyState";
import { useProblemWords } from "../../app/Problem";
import classes from "./Chat.module.css";
import { type TestFile, useRunTests, useSaveTests } from "./queries";

interface Props {
  flowId: string;
  save: () => Promise<void>;
  file: TestFile;
}

export function Tests({ flowId, save, file }: Props) {
  const { t } = useTranslation("flowPanels");
  const words = useProblemWords();
  const run = useRunTests(flowId);
  const store = useSaveTests(flowId);
  const [draft, setDraft] = useState<string | null>(null);
  const { text } = file;
  const shown = draft ?? text;
  const empty = shown.trim() === "";
  const go = async () => {
    await save();
    run.mutate(shown);
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
          {faultsOf(problem) || `${words(problem).title} ${words(problem).hint}`}
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
                {!one.ok && one.steps.length > 0 && (
                  <details>
                    <summary>{t("tests.transcript")}</summary>
                    <ol>
                      {one.steps.map((step, at) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place.
                        <li key={at} data-bad={step.failures.length > 0 || undefined} dir="auto">
                          <b>{step.did}</b>
                          {step.said.map((words) => (
                            <span key={words}>{words}</span>
                          ))}
                          {step.failures.map((failure) => (
                            <em key={failure}>{failure}</em>
                          ))}
                        </li>
                      ))}
                    </ol>
                  </details>
                )}
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
          value={shown}
          onChange={(event) => setDraft(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={draft === null || draft === text}
          loading={store.isPending}
          onClick={() =>
            draft !== null && store.mutate({ text: draft, etag: file.etag }, { onSuccess: () => setDraft(null) })
          }
        >
          {t("tests.save")}
        </Button>
      </details>
    </div>
  );
}

/** What is wrong with the file, line by line. */
function faultsOf(error: unknown): string {
  const errors = error instanceof ProblemError && Array.isArray(error.problem.errors) ? error.problem.errors : [];
  return (errors as { field?: string; why?: string; line?: number }[])
    .map(({ field, why, line }) => [line ? `${line}:` : "", field, why].filter(Boolean).join(" "))
    .join(" · ");
}
