/** What went wrong with a turn, in plain words, with the ways on. */
import { Button } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/http";
import { useProblemWords } from "../../app/Problem";
import type { Issue } from "../document";
import { ProblemList } from "../Problems";
import { distinct } from "../problems/distinct";
import classes from "./Chat.module.css";
import type { Said } from "./turns";

export interface Failure {
  said: Said;
  error: unknown;
}

interface FailedProps {
  failure: Failure;
  onAgain: () => void;
  onRestart: () => void;
  onBack?: () => void;
}

export function Failed({ failure, onAgain, onRestart, onBack }: FailedProps) {
  const { t } = useTranslation("flowPanels");
  const words = useProblemWords();
  const { error } = failure;
  const problem = error instanceof ProblemError ? error.problem : null;
  const issues =
    problem && Array.isArray(problem.issues)
      ? distinct((problem.issues as Issue[]).filter(({ severity }) => severity === "error"))
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
      {issues.length > 0 && <ProblemList issues={issues} />}
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
