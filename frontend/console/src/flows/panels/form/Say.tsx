/** What is said: words, pictures, places, cards, in order. */
import { Menu, NumberInput } from "@mantine/core";
import {
  File,
  Image,
  LayoutPanelTop,
  type LucideIcon,
  MapPin,
  Mic,
  PanelsTopLeft,
  Plus,
  Type,
  Video,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SayPart } from "../../document";
import { type Path, pointerOf, withValue } from "../model/path";
import { moved } from "../model/ports";
import { reordered } from "../model/texts";
import { useField, useForm } from "./context";
import { GroupFaults, useFaultProps } from "./Faults";
import classes from "./Form.module.css";
import { CatalogField } from "./Picks";
import { Sortable } from "./Sortable";
import { AddButton, LineField, TextField } from "./Texts";

type Kind = SayPart["kind"];
const ICONS: Record<Kind, LucideIcon> = {
  text: Type,
  image: Image,
  video: Video,
  audio: Mic,
  file: File,
  location: MapPin,
  card: PanelsTopLeft,
  carousel: LayoutPanelTop,
};
export const KINDS = Object.keys(ICONS) as Kind[];

function begin(kind: Kind): SayPart {
  switch (kind) {
    case "text":
      return { kind, text: {} };
    case "location":
      return { kind, latitude: 0, longitude: 0 };
    case "card":
      return { kind, title: {} };
    case "carousel":
      return { kind, cards: [{ kind: "card", title: {} }] };
    default:
      return { kind };
  }
}

interface Props {
  path: Path;
  label: string;
  description?: ReactNode;
  /** May be empty. */
  optional?: boolean;
  lines?: number;
}

export function SayField({ path, label, description, optional, lines = 3 }: Props) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const { value = [] } = useField<SayPart[]>(path);
  const remove = (at: number) =>
    edit((now) => {
      const rest = value.map((_, place) => place).filter((place) => place !== at);
      return rest.length === 0 ? withValue(now, path, undefined) : reordered(now, path, rest);
    });
  const nameOf = (at: number) => `${t(`part.${value[at]?.kind ?? "text"}`)} ${at + 1}`;
  const plain = value.length === 1 && value[0]?.kind === "text";
  return (
    <div data-pointer={pointerOf(path)}>
      {plain ? (
        <TextField path={[...path, 0, "text"]} label={label} description={description} lines={lines} />
      ) : (
        <>
          <p className={classes.label}>{label}</p>
          {description && <p className={classes.help}>{description}</p>}
          <Sortable
            count={value.length}
            nameOf={nameOf}
            body={(at) => <Part path={[...path, at]} kind={value[at]?.kind ?? "text"} />}
            onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
            onRemove={remove}
            least={optional ? 0 : 1}
          />
        </>
      )}
      <GroupFaults path={path} />
      <div className={classes.tools}>
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <button type="button" className={classes.more}>
              <Plus size={14} aria-hidden="true" />
              {t(value.length === 0 ? "saySomething" : "sayMore")}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {KINDS.map((kind) => {
              const Icon = ICONS[kind];
              return (
                <Menu.Item
                  key={kind}
                  leftSection={<Icon size={15} />}
                  onClick={() => edit((now) => withValue(now, [...path, value.length], begin(kind)))}
                >
                  {t(`part.${kind}`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
        {optional && plain && (
          <button type="button" className={classes.more} onClick={() => remove(0)}>
            {t("sayNothing")}
          </button>
        )}
      </div>
    </div>
  );
}

function Part({ path, kind }: { path: Path; kind: Kind }) {
  const { t } = useTranslation("flowPanels");
  const name = t(`part.${kind}`);
  if (kind === "text") return <TextField path={[...path, "text"]} label={name} hidden lines={2} />;
  const Icon = ICONS[kind];
  return (
    <div className={classes.part}>
      <p className={classes.partName}>
        <Icon size={14} aria-hidden="true" />
        {name}
      </p>
      {kind === "location" && <Place path={path} />}
      {kind === "card" && <Card path={path} />}
      {kind === "carousel" && <Cards path={path} />}
      {(kind === "image" || kind === "video" || kind === "audio" || kind === "file") && (
        <Media path={path} kind={kind} />
      )}
      <GroupFaults path={path} />
    </div>
  );
}

function Media({ path, kind }: { path: Path; kind: Kind }) {
  const { t } = useTranslation("flowPanels");
  const { value } = useField<SayPart>(path);
  return (
    <>
      {!value?.url && <CatalogField kind="assets" path={[...path, "asset"]} label={t("field.asset")} />}
      {!value?.asset && <LineField path={[...path, "url"]} label={t("orAddress")} holes placeholder="https://" />}
      {kind !== "audio" && <TextField path={[...path, "caption"]} label={t("field.caption")} />}
      {kind === "file" && <LineField path={[...path, "filename"]} label={t("field.filename")} />}
    </>
  );
}

function Degrees({ path, label, most }: { path: Path; label: string; most: number }) {
  const { value, set } = useField<number>(path);
  return (
    <NumberInput
      label={label}
      min={-most}
      max={most}
      decimalScale={6}
      hideControls
      dir="ltr"
      value={value ?? ""}
      onChange={(next) => typeof next === "number" && set(next)}
      {...useFaultProps(path)}
    />
  );
}

function Place({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  return (
    <>
      <div className={classes.pair}>
        <Degrees path={[...path, "latitude"]} label={t("field.latitude")} most={90} />
        <Degrees path={[...path, "longitude"]} label={t("field.longitude")} most={180} />
      </div>
      <TextField path={[...path, "name"]} label={t("field.name")} />
      <TextField path={[...path, "address"]} label={t("field.address")} />
    </>
  );
}

function Card({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const list = [...path, "buttons"];
  const { value = [] } = useField<unknown[]>(list);
  return (
    <>
      <TextField path={[...path, "title"]} label={t("field.title")} />
      <TextField path={[...path, "subtitle"]} label={t("field.subtitle")} />
      <LineField path={[...path, "image_url"]} label={t("field.image_url")} holes placeholder="https://" />
      <div>
        <p className={classes.label}>{t("field.buttons")}</p>
        <Sortable
          count={value.length}
          nameOf={(at) => `${t("field.buttons")} ${at + 1}`}
          body={(at) => (
            <div className={classes.fields}>
              <TextField path={[...list, at, "label"]} label={t("field.label")} />
              <LineField path={[...list, at, "url"]} label={t("field.url")} holes keep placeholder="https://" />
            </div>
          )}
          onMove={(from, to) => edit((now) => reordered(now, list, moved(value.length, from, to)))}
          onRemove={(at) =>
            edit((now) =>
              reordered(
                now,
                list,
                value.map((_, one) => one).filter((one) => one !== at),
              ),
            )
          }
          onAdd={() => edit((now) => withValue(now, [...list, value.length], { label: {}, url: "https://" }))}
          add={t("addButton")}
          most={3}
        />
      </div>
    </>
  );
}

function Cards({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { edit } = useForm();
  const list = [...path, "cards"];
  const { value = [] } = useField<unknown[]>(list);
  return (
    <Sortable
      count={value.length}
      nameOf={(at) => `${t("part.card")} ${at + 1}`}
      body={(at) => (
        <div className={classes.fields}>
          <Card path={[...list, at]} />
        </div>
      )}
      onMove={(from, to) => edit((now) => reordered(now, list, moved(value.length, from, to)))}
      onRemove={(at) =>
        edit((now) =>
          reordered(
            now,
            list,
            value.map((_, one) => one).filter((one) => one !== at),
          ),
        )
      }
      onAdd={() => edit((now) => withValue(now, [...list, value.length], { kind: "card", title: {} }))}
      add={t("addCard")}
      least={1}
      most={10}
    />
  );
}

/** Several wordings, or steps: a list whose entries are each something said. */
export function SayList({
  path,
  label,
  description,
  add,
}: {
  path: Path;
  label: string;
  description?: ReactNode;
  add: string;
}) {
  const { edit } = useForm();
  const { value = [] } = useField<unknown[]>(path);
  const keep = (at: number) => value.map((_, one) => one).filter((one) => one !== at);
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{label}</p>
      {description && <p className={classes.help}>{description}</p>}
      {value.length > 0 && (
        <Sortable
          count={value.length}
          nameOf={(at) => `${label} ${at + 1}`}
          body={(at) => <SayField path={[...path, at]} label={`${label} ${at + 1}`} lines={2} />}
          onMove={(from, to) => edit((now) => reordered(now, path, moved(value.length, from, to)))}
          onRemove={(at) =>
            edit((now) => (value.length === 1 ? withValue(now, path, undefined) : reordered(now, path, keep(at))))
          }
        />
      )}
      <AddButton
        icon={<Plus size={14} />}
        onClick={() => edit((now) => withValue(now, [...path, value.length], [{ kind: "text", text: {} }]))}
      >
        {add}
      </AddButton>
    </div>
  );
}

/** Other words for single channels. */
export function ChannelSays({ path }: { path: Path }) {
  const { t } = useTranslation("flowPanels");
  const { flow, edit } = useForm();
  const { value = {} } = useField<Record<string, unknown>>(path);
  const open = Object.keys(value);
  const left = (flow.channels ?? ["whatsapp", "instagram", "messenger", "widget"]).filter((one) => !open.includes(one));
  const drop = (channel: string) =>
    edit((now) => withValue(now, open.length === 1 ? path : [...path, channel], undefined));
  return (
    <div data-pointer={pointerOf(path)}>
      <p className={classes.label}>{t("field.channels")}</p>
      <p className={classes.help}>{t("help.channels")}</p>
      <div className={classes.fields}>
        {open.map((channel) => (
          <fieldset key={channel} className={classes.group}>
            <legend>{t(`channel.${channel as "whatsapp"}`)}</legend>
            <SayField
              path={[...path, channel, "say"]}
              label={t("saidOn", { channel: t(`channel.${channel as "whatsapp"}`) })}
              lines={2}
            />
            <button type="button" className={classes.more} onClick={() => drop(channel)}>
              {t("sameAsElsewhere")}
            </button>
          </fieldset>
        ))}
      </div>
      {left.length > 0 && (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <button type="button" className={classes.more}>
              <Plus size={14} aria-hidden="true" />
              {t("addChannel")}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {left.map((channel) => (
              <Menu.Item
                key={channel}
                onClick={() => edit((now) => withValue(now, [...path, channel], { say: [{ kind: "text", text: {} }] }))}
              >
                {t(`channel.${channel as "whatsapp"}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
