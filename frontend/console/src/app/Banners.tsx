/** What is not as it seems, said before anybody wonders. */
import { useLocalStorage } from "@mantine/hooks";
import { CloudOff, FlaskConical, Sparkles, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import classes from "./Banners.module.css";
import { useSignedIn } from "./me";

export function Banners({ offline }: { offline: boolean }) {
  const { t } = useTranslation();
  const me = useSignedIn();
  const [hidden, setHidden] = useLocalStorage<string[]>({ key: "frontdesk:hidden-banners", defaultValue: [] });
  const shown = (name: string) => !hidden.includes(name);
  const hide = (name: string) => () => setHidden([...hidden, name]);
  return (
    <div className={classes.banners}>
      {offline && (
        <p className={`${classes.banner} ${classes.warning}`} role="status">
          <CloudOff size={16} aria-hidden="true" />
          <span>{t("banner.offline")}</span>
        </p>
      )}
      {!me.model_connected && shown("model") && (
        <Banner icon={<Sparkles size={16} aria-hidden="true" />} onHide={hide("model")}>
          {t("banner.noModel")} <Link to="/start">{t("banner.howModel")}</Link>
        </Banner>
      )}
      {me.simulator_url && shown("simulator") && (
        <Banner icon={<FlaskConical size={16} aria-hidden="true" />} onHide={hide("simulator")}>
          {t("banner.simulator")}{" "}
          <a href={me.simulator_url} target="_blank" rel="noreferrer">
            {t("start.phoneDo")}
          </a>
        </Banner>
      )}
    </div>
  );
}

function Banner({ icon, onHide, children }: { icon: ReactNode; onHide: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={classes.banner}>
      {icon}
      <span>{children}</span>
      <button type="button" className={classes.hide} aria-label={t("start.hide")} onClick={onHide}>
        <X size={14} />
      </button>
    </div>
  );
}
