import { Button, PasswordInput, SegmentedControl, Select, TextInput, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { useSignedIn } from "../app/me";
import { useTellProblem } from "../app/Problem";
import { SHORTEST } from "../auth/Entry";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import { Block } from "./Block";
import { Devices } from "./Devices";
import { useSavePassword, useSaveProfile } from "./queries";
import classes from "./Settings.module.css";

const NAMES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));

export function Account() {
  return (
    <>
      <Profile />
      <Password />
      <Devices />
    </>
  );
}

function Profile() {
  const { t, i18n } = useTranslation();
  const { staff } = useSignedIn();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [name, setName] = useState(staff?.name ?? "");
  const save = useSaveProfile();
  const tell = useTellProblem();
  const keep = (locale: string) =>
    save.mutate(
      { name: name.trim(), locale },
      { onError: tell, onSuccess: () => notifications.show({ message: t("settings.saved") }) },
    );
  return (
    <Block title={t("settings.profile")} text={staff?.email}>
      <form
        className={classes.body}
        onSubmit={(event) => {
          event.preventDefault();
          keep(i18n.language);
        }}
      >
        <div className={classes.pair}>
          <TextInput
            label={t("settings.name")}
            description={t("entry.nameHint")}
            autoComplete="name"
            required
            withAsterisk={false}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("settings.language")}
            description={t("settings.languageHint")}
            data={NAMES}
            value={i18n.language}
            allowDeselect={false}
            onChange={(value) => {
              if (!value) return;
              void chooseLanguage(value as Language).then(() => keep(value));
            }}
          />
        </div>
        <div>
          <p className={classes.label} id="theme">
            {t("settings.theme")}
          </p>
          <SegmentedControl
            aria-labelledby="theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "light" | "dark" | "auto")}
            data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: t(`menu.${value}`) }))}
          />
        </div>
        <div className={classes.actions}>
          <Button type="submit" loading={save.isPending} disabled={!name.trim() || name.trim() === staff?.name}>
            {t("settings.save")}
          </Button>
        </div>
      </form>
    </Block>
  );
}

function Password() {
  const { t } = useTranslation();
  const { staff } = useSignedIn();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [wrong, setWrong] = useState(false);
  const save = useSavePassword();
  const tell = useTellProblem();
  const submit = () =>
    save.mutate(
      { old, new: fresh },
      {
        onSuccess: () => {
          setOld("");
          setFresh("");
          notifications.show({ message: t("settings.changed") });
        },
        onError: (cause) => {
          const isWrong = cause instanceof ProblemError && cause.problem.reason === "wrong_password";
          setWrong(isWrong);
          if (!isWrong) tell(cause);
        },
      },
    );
  return (
    <Block title={t("settings.password")}>
      <form
        className={classes.body}
        onSubmit={(event) => {
          event.preventDefault();
          setWrong(false);
          submit();
        }}
      >
        <input type="email" autoComplete="username" value={staff?.email ?? ""} readOnly hidden />
        <div className={classes.pair}>
          <PasswordInput
            label={t("settings.oldPassword")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={old}
            error={wrong && t("settings.wrongPassword")}
            onChange={(event) => setOld(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("entry.newPassword")}
            autoComplete="new-password"
            required
            withAsterisk={false}
            minLength={SHORTEST}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
          />
        </div>
        <div className={classes.actions}>
          <Button type="submit" variant="default" loading={save.isPending}>
            {t("settings.changePassword")}
          </Button>
          <span className={classes.note}>{t("entry.passwordHint")}</span>
        </div>
      </form>
    </Block>
  );
}
