/** What went wrong and what to do about it, on a page or as a notice. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { CircleAlert } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { EmptyState } from "./EmptyState";

type Hint =
  | "problem.unreachableHint"
  | "problem.forbidden"
  | "problem.notFound"
  | "problem.claimed"
  | "problem.conflict"
  | "problem.stale"
  | "problem.busy"
  | "problem.other";

export function hintFor(error: unknown): Hint {
  if (!(error instanceof ProblemError)) return "problem.other";
  if (error.status === 0) return "problem.unreachableHint";
  if (error.code === "already_claimed") return "problem.claimed";
  if (error.status === 403) return error.code.includes("csrf") ? "problem.stale" : "problem.forbidden";
  if (error.status === 404) return "problem.notFound";
  if (error.status === 409 || error.status === 412) return "problem.conflict";
  return error.status === 429 || error.status === 503 ? "problem.busy" : "problem.other";
}

export function useProblemWords() {
  const { t } = useTranslation();
  return useCallback(
    (error: unknown): { title: string; hint: string } => {
      const title = error instanceof ProblemError && error.status !== 0 ? error.problem.title : "";
      const fallback =
        error instanceof ProblemError && error.status === 0 ? t("problem.unreachable") : t("problem.title");
      const detail =
        error instanceof ProblemError && typeof error.problem.detail === "string" ? error.problem.detail : "";
      return { title: title || fallback, hint: [detail, t(hintFor(error))].filter(Boolean).join(" ") };
    },
    [t],
  );
}

export function useTellProblem() {
  const words = useProblemWords();
  return useCallback(
    (error: unknown) => {
      const { title, hint } = words(error);
      notifications.show({ title, message: hint, color: "red", withBorder: true });
    },
    [words],
  );
}

export function ProblemState({ error, onRetry, page }: { error: unknown; onRetry: () => void; page?: boolean }) {
  const { t } = useTranslation();
  const { title, hint } = useProblemWords()(error);
  const code =
    error instanceof ProblemError && error.code && error.status !== 0 ? t("problem.code", { code: error.code }) : null;
  return (
    <EmptyState
      icon={CircleAlert}
      tone="danger"
      title={title}
      text={hint}
      note={code}
      page={page}
      action={
        <Button variant="default" onClick={onRetry}>
          {t("problem.retry")}
        </Button>
      }
    />
  );
}
