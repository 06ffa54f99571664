/** A file that a customer sent: pictures are fetched when they come into view, everything else when it is asked for. */
import type { MediaPart } from "@frontdesk/shared";
import { Button } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Download, FileText, Film, ImageIcon, Mic, Play, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "../api/download";
import { asProblem, headers, ProblemError } from "../api/http";
import { useTellProblem } from "../app/Problem";
import classes from "./CustomerFile.module.css";

const GLYPHS = { image: ImageIcon, sticker: ImageIcon, video: Film, audio: Mic, voice: Mic, document: FileText };
const REASONS = ["gone", "too_large", "refused", "unreachable"] as const;

interface Props {
  part: MediaPart;
  /** Below /api/v1. */
  path: string;
  bubble: string;
}

export function CustomerFile({ part, path, bubble }: Props) {
  const { t } = useTranslation();
  const isPicture = part.media === "image" || part.media === "sticker";
  const [asked, setAsked] = useState(false);
  const { ref, entry } = useIntersection({ rootMargin: "200px" });
  const seen = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (isPicture && seen) setAsked(true);
  }, [isPicture, seen]);
  const file = useQuery({
    queryKey: ["file", path],
    queryFn: ({ signal }) => load(path, signal),
    enabled: asked && part.media !== "document",
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  const url = useObjectUrl(file.data);
  if (part.media === "document") return <Document part={part} path={path} bubble={bubble} />;
  if (url && isPicture)
    return (
      <a className={classes.picture} href={url} target="_blank" rel="noopener noreferrer">
        <img src={url} alt={part.caption ?? t("part.image")} />
      </a>
    );
  // biome-ignore-start lint/a11y/useMediaCaption: what customers send has no captions
  if (url && part.media === "video") return <video className={classes.film} src={url} controls preload="metadata" />;
  if (url) return <audio className={classes.sound} src={url} controls />;
  // biome-ignore-end lint/a11y/useMediaCaption: what customers send has no captions
  if (file.isError) {
    const said = file.error instanceof ProblemError ? file.error.problem.reason : null;
    const reason = REASONS.find((each) => each === said) ?? "unreachable";
    return (
      <Card part={part} bubble={bubble} note={t(`files.${reason}`)}>
        {reason !== "gone" && reason !== "too_large" && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<RotateCw size={12} />}
            onClick={() => file.refetch()}
          >
            {t("files.again")}
          </Button>
        )}
      </Card>
    );
  }
  if (isPicture)
    return <div ref={ref} className={classes.placeholder} role="img" aria-label={part.caption ?? t("part.image")} />;
  return (
    <Card part={part} bubble={bubble} note={t(`files.${labelOf(part)}`)}>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<Play size={12} />}
        loading={file.isFetching}
        onClick={() => setAsked(true)}
      >
        {t("files.play")}
      </Button>
    </Card>
  );
}

function Document({ part, path, bubble }: Props) {
  const { t } = useTranslation();
  const tell = useTellProblem();
  const [busy, setBusy] = useState(false);
  const save = () => {
    setBusy(true);
    download(path, part.filename ?? t("part.file"))
      .catch(tell)
      .finally(() => setBusy(false));
  };
  return (
    <Card part={part} bubble={bubble} note={part.mime ?? t("files.document")}>
      <Button size="compact-xs" variant="default" leftSection={<Download size={12} />} loading={busy} onClick={save}>
        {t("files.save")}
      </Button>
    </Card>
  );
}

function Card({
  part,
  bubble,
  note,
  children,
}: {
  part: MediaPart;
  bubble: string;
  note: string;
  children?: React.ReactNode;
}) {
  const { t } = useTranslation();
  const Glyph = GLYPHS[part.media] ?? FileText;
  return (
    <div className={`${bubble} ${classes.card}`}>
      <Glyph size={20} strokeWidth={1.75} aria-hidden="true" />
      <span>
        <bdi>{part.filename ?? t(`files.${labelOf(part)}`)}</bdi>
        <small>{note}</small>
      </span>
      {children}
    </div>
  );
}

function labelOf({ media }: MediaPart) {
  return media === "sticker" ? "image" : media;
}

async function load(path: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(`/api/v1/${path}`, { headers: headers(), credentials: "same-origin", signal });
  if (!response.ok) throw new ProblemError(asProblem(await response.json().catch(() => null), response.status));
  return response.blob();
}

/** An address of what was loaded, given back when nobody shows it any more. */
function useObjectUrl(blob: Blob | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
