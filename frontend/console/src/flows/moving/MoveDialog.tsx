/** Moves conversations of an earlier version to what is live: who stands where, where each goes on, what stands in the way. */
import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { CircleAlert, CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../app/Dialog";
import { ProblemState, useTellProblem } from "../../app/Problem";
import { useSession } from "../context";
import type { FlowDocument } from "../document";
import { useNaming } from "../naming";
import { useVersions } from "../queries";
import classes from "./Move.module.css";
import { type Migration, type StandingPlace, useDryRun, useLive, useMove } from "./queries";
import { stepOf, suggestFor } from "./suggest";
import "./words";

export function MoveDialog({ from }: { from: number }) {
  const { t } = useTranslation("moving");
  const session = useSession();
  const tell = useTellProblem();
  const live = useLive(session.id, useVersions(session.id).data?.find((version) => version.live)?.n);
  const [map, setMap] = useState<Record<string, string>>({});
  const dry = useDryRun(session.id, from, map);
  const move = useMove(session.id, from);
  useSuggestions(dry.data, setMap);
  const close = () => session.ui.setState({ moving: null });
  const failed = dry.error ?? live.error;
  const found = dry.data;
  const count = found?.nodes.reduce((sum, each) => sum + (each.returns ? 0 : each.conversations), 0) ?? 0;
  const again = () => {
    move.reset();
    void dry.refetch();
  };
  return (
    <Dialog opened onClose={close} title={t("title")} size="lg">
      <p className={classes.text}>{t("text", { from })}</p>
      {failed && <ProblemState error={failed} onRetry={() => void (dry.error ? dry.refetch() : live.refetch())} />}
      {!failed && !(found && live.data) && <Skeleton height={96} />}
      {move.data ? (
        <Result done={move.data} onAgain={again} onClose={close} />
      ) : (
        found &&
        live.data && (
          <>
            {count === 0 && <p className={classes.text}>{t("none")}</p>}
            <ul className={classes.places}>
              {found.nodes.map((place) => (
                <Place
                  key={`${place.node} ${place.returns}`}
                  place={place}
                  live={live.data}
                  onChoose={(to) => setMap((before) => ({ ...before, [place.node]: to }))}
                />
              ))}
            </ul>
            {!found.safe && <p className={classes.unsafe}>{t("unsafe")}</p>}
            <Button
              fullWidth
              disabled={!found.safe || count === 0 || dry.isPlaceholderData}
              loading={move.isPending}
              onClick={() => move.mutate(map, { onError: tell })}
            >
              {t("run", { n: count })}
            </Button>
          </>
        )
      )}
    </Dialog>
  );
}

/** What is gone gets the step that most likely stands for it; whoever looks decides. */
function useSuggestions(
  found: Migration | undefined,
  setMap: (change: (before: Record<string, string>) => Record<string, string>) => void,
): void {
  useEffect(() => {
    if (!found) return;
    setMap((before) => {
      const fresh = found.nodes.flatMap((place) => {
        const to = place.reason === "gone" && !before[place.node] ? suggestFor(place) : null;
        return to ? [[place.node, to]] : [];
      });
      return fresh.length > 0 ? { ...before, ...Object.fromEntries(fresh) } : before;
    });
  }, [found, setMap]);
}

interface PlaceProps {
  place: StandingPlace;
  live: FlowDocument;
  onChoose: (to: string) => void;
}

function Place({ place, live, onChoose }: PlaceProps) {
  const { t } = useTranslation("moving");
  const { typeName, nodeLine } = useNaming();
  const { locale } = useSession().ui.getState();
  const own = place.node === "" || stepOf(live, place.node) !== null;
  const called = own ? "" : `${place.node.split("/")[0]} › `;
  const name =
    place.node === "" ? t("nowhere") : called + (place.title || (place.type ? typeName(place.type) : place.node));
  const choices = place.choices ?? [];
  const lineOf = (node: string, title: string) => {
    const step = stepOf(live, node);
    return step === null ? title || node.split("/")[1] || node : nodeLine(live, step, locale);
  };
  const look = place.sample[0];
  return (
    <li data-unsafe={place.why !== null || undefined}>
      <div>
        <small>{t(place.returns ? "returnsTo" : "stands")}</small>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span>
          {t("talks", { n: place.conversations })}
          {look && (
            <>
              {" · "}
              <a href={`#/inbox/${look}`}>{t("look")}</a>
            </>
          )}
        </span>
      </div>
      {choices.length === 0 ? (
        <span>{place.reason ? t(`why.${place.reason}`) : place.to}</span>
      ) : (
        <NativeSelect
          label={t("goesOn")}
          value={place.to ?? ""}
          error={place.reason ? t(`why.${place.reason}`) : undefined}
          onChange={(event) => event.currentTarget.value && onChoose(event.currentTarget.value)}
        >
          {!place.to && <option value="">{t("choose")}</option>}
          {choices.map(({ node, title }) => (
            <option key={node} value={node}>
              {lineOf(node, title)}
            </option>
          ))}
        </NativeSelect>
      )}
    </li>
  );
}

function Result({ done, onAgain, onClose }: { done: Migration; onAgain: () => void; onClose: () => void }) {
  const { t } = useTranslation("moving");
  const reasons = (["busy", "ended", "elsewhere", "altered"] as const)
    .map((why) => ({ why, n: done.left.filter((each) => each.why === why).length }))
    .filter(({ n }) => n > 0);
  const again = done.more || done.left.length > 0;
  return (
    <div className={classes.result} role="status">
      <p>
        <CircleCheck size={18} data-tone="fine" aria-hidden="true" /> {t("moved", { n: done.moved })}
      </p>
      {done.left.length > 0 && (
        <p>
          <CircleAlert size={18} data-tone="warning" aria-hidden="true" />
          <span>
            {t("left", { n: done.left.length })} ({reasons.map(({ why, n }) => `${t(`stay.${why}`)}: ${n}`).join(", ")})
          </span>
        </p>
      )}
      {done.more && <p>{t("more")}</p>}
      <footer>
        {again && (
          <Button variant="default" onClick={onAgain}>
            {t("again")}
          </Button>
        )}
        <Button onClick={onClose}>{t("done")}</Button>
      </footer>
    </div>
  );
}
