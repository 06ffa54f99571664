/** One turn: the customer's words, the answer as the channel would show it, and what the flow did. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { ChevronDown, CornerUpLeft, File, Image, List, MapPin } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isRtl } from "../../i18n";
import { useForm } from "../panels/form/context";
import { type Channel, cutTo, REPLY, ROW_TITLE, rendered } from "../panels/model/channels";
import classes from "./Chat.module.css";
import { Mine } from "./Meanwhile";
import { changesOf, nodeOf, type Option, optionsOf, type Part, pathOf, type Told, type Turn } from "./turns";

interface Props {
  turn: Turn;
  before?: Told;
  channel: Channel;
  locale: string;
  newest: boolean;
  busy: boolean;
  onTap: (option: Option) => void;
  onBack?: () => void;
}

export function TurnView({ turn, before, channel, locale, newest, busy, onTap, onBack }: Props) {
  const { t } = useTranslation("flowPanels");
  const { told } = turn;
  const ended = told.cursor === null;
  const options = optionsOf(told);
  const parts = told.messages.flatMap((message) => message.parts);
  return (
    <article className={classes.turn}>
      <div className={classes.said}>
        {onBack && (
          <Tooltip label={t("chat.goBack")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              className={classes.back}
              aria-label={t("chat.goBack")}
              onClick={onBack}
            >
              <CornerUpLeft size={15} className={classes.flip} />
            </ActionIcon>
          </Tooltip>
        )}
        <Mine said={turn.said} />
      </div>
      {parts.length === 0 && <p className={classes.silent}>{t("chat.silent")}</p>}
      <div className={classes.theirs} dir={isRtl(locale) ? "rtl" : "ltr"}>
        <span className="sr">{t("chat.agent")}: </span>
        {parts.map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place.
          <Bubble key={at} part={part} channel={channel} />
        ))}
        {options.length > 0 && <Taps options={options} channel={channel} active={!busy} onTap={onTap} />}
      </div>
      {ended && (
        <p className={classes.ended}>{told.outcome ? t("chat.endedAs", { outcome: told.outcome }) : t("chat.ended")}</p>
      )}
      <Inside told={told} before={before} open={newest} />
    </article>
  );
}

function Bubble({ part, channel }: { part: Part; channel: Channel }) {
  const { t } = useTranslation("flowPanels");
  switch (part.kind) {
    case "choices": {
      const as = rendered(channel, part.options ?? []).as;
      return (
        <div className={classes.bubble}>
          {part.header && <strong>{part.header}</strong>}
          {part.body}
          {(as === "numbers" || as === "replies") && (
            <ol>
              {part.options?.map(({ id, label, description }) => (
                <li key={id}>
                  {label}
                  {description && ` – ${description}`}
                </li>
              ))}
            </ol>
          )}
          {part.footer && <small>{part.footer}</small>}
          {as === "list" && (
            <span className={classes.menu}>
              <List size={14} aria-hidden="true" />
              {part.menu_label || t("menu")}
            </span>
          )}
        </div>
      );
    }
    case "media":
      return (
        <div className={classes.bubble}>
          <span className={classes.media}>
            {part.media === "image" ? <Image size={18} aria-hidden="true" /> : <File size={18} aria-hidden="true" />}
            {part.filename ?? part.asset ?? part.url ?? part.media}
          </span>
          {part.caption}
        </div>
      );
    case "location":
      return (
        <div className={classes.bubble}>
          <span className={classes.media}>
            <MapPin size={18} aria-hidden="true" />
            {part.name ?? t("part.location")}
          </span>
          {part.address}
        </div>
      );
    case "cards":
      return (
        <div className={classes.cards}>
          {part.cards?.map((card) => (
            <div key={card.title} className={classes.bubble}>
              <strong>{card.title}</strong>
              {card.subtitle}
              {card.buttons?.map(({ label, url }) => (
                <span key={label} className={classes.menu} title={url}>
                  {label}
                </span>
              ))}
            </div>
          ))}
        </div>
      );
    default:
      return <div className={classes.bubble}>{part.text ?? part.preview ?? part.body ?? part.name ?? ""}</div>;
  }
}

function Taps({
  options,
  channel,
  active,
  onTap,
}: {
  options: readonly Option[];
  channel: Channel;
  active: boolean;
  onTap: (option: Option) => void;
}) {
  const { as, cut } = rendered(channel, options);
  if (as === "numbers") return null;
  const most = as === "replies" ? REPLY : as === "list" ? ROW_TITLE : 200;
  return (
    <ul className={classes.taps} data-as={as}>
      {options.map((option) => (
        <li key={option.id}>
          <button type="button" disabled={!active} onClick={() => onTap(option)}>
            {cutTo(option.label, most)}
            {as === "list" && (option.description || cut.includes(option.id)) && (
              <small>{option.description || option.label}</small>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Which way the flow went, what it noted, what it asked of others. */
function Inside({ told, before, open }: { told: Told; before?: Told; open: boolean }) {
  const { t } = useTranslation("flowPanels");
  const { flow, show } = useForm();
  const path = pathOf(told, flow);
  const changes = changesOf(before, told);
  const waiting = told.cursor ? nodeOf(told.cursor, flow) : null;
  const title = (name: string, node: string | null) => (node ? flow.nodes[node]?.title || node : name);
  return (
    <details className={classes.inside} open={open}>
      <summary>
        <ChevronDown size={13} aria-hidden="true" />
        {t("chat.steps", { n: path.length })}
        {changes.length > 0 && ` · ${t("chat.changes", { n: changes.length })}`}
      </summary>
      <ol className={classes.path} aria-label={t("chat.path")}>
        {path.map(({ name, node, port, facts }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a node may be passed twice.
          <li key={at} data-waits={(node !== null && node === waiting && at === path.length - 1) || undefined}>
            <button type="button" disabled={node === null} onClick={() => node && show(node)}>
              {title(name, node)}
            </button>
            {port && <span>→ {port}</span>}
            {facts && <pre dir="ltr">{JSON.stringify(facts, null, 1)}</pre>}
          </li>
        ))}
      </ol>
      {changes.length > 0 && (
        <dl className={classes.changes}>
          {changes.map(({ name, before: old, after }) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd dir="auto">
                {old !== undefined && <s>{shown(old)}</s>} {after === undefined ? t("chat.forgotten") : shown(after)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
