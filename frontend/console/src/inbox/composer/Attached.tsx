/** The files of a reply: how far each is, why one cannot be sent, and giving up on it. */
import { FileText, LoaderCircle, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./Attached.module.css";
import type { Chosen } from "./attaching";

interface Props {
  chosen: readonly Chosen[];
  onDrop: (key: string) => void;
}

export function Attached({ chosen, onDrop }: Props) {
  const { t, i18n } = useTranslation();
  if (!chosen.length) return null;
  return (
    <ul className={classes.list} aria-label={t("attach.files")}>
      {chosen.map((file) => {
        const why = file.refused === "failed" ? t("attach.failed") : file.refused ? say(file.refused) : null;
        return (
          <li key={file.key} data-refused={why ? true : undefined} data-ready={file.id ? true : undefined}>
            {why ? (
              <TriangleAlert size={16} aria-hidden="true" />
            ) : file.id ? (
              <FileText size={16} aria-hidden="true" />
            ) : (
              <LoaderCircle size={16} className={classes.turning} aria-hidden="true" />
            )}
            <span>
              <bdi>{file.name}</bdi>
              <small role={why ? "alert" : undefined}>
                {why ?? (file.id ? sizeOf(file.size, i18n.language) : percent(file.progress, i18n.language))}
              </small>
            </span>
            <button type="button" onClick={() => onDrop(file.key)} aria-label={t("attach.drop", { name: file.name })}>
              <X size={14} aria-hidden="true" />
            </button>
            {!why && !file.id && (
              <progress value={file.progress} max={1} aria-label={t("attach.progress", { name: file.name })} />
            )}
          </li>
        );
      })}
    </ul>
  );

  function say(refused: Exclude<Chosen["refused"], "failed" | null>): string {
    if (refused.reason === "tooLarge") return t("attach.tooLarge", { mb: refused.mb });
    if (refused.reason === "wrongType") return t("attach.wrongType", { kinds: refused.kinds });
    return t(`attach.${refused.reason}`);
  }
}

function percent(part: number, language: string): string {
  return new Intl.NumberFormat(language, { style: "percent" }).format(part);
}

function sizeOf(bytes: number, language: string): string {
  const large = bytes >= 1 << 20;
  const unit = large ? "megabyte" : "kilobyte";
  const value = Math.max(bytes / (large ? 1 << 20 : 1 << 10), 1);
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: large ? 1 : 0 }).format(value);
}
