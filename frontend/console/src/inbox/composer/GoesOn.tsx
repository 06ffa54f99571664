/** Stands where staff would write: the customer is found in another conversation. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import classes from "../Composer.module.css";

export function GoesOn({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <footer className={`${classes.foot} ${classes.elsewhere}`}>
      <span>{t("composer.goesOn")}</span>
      <Button component={Link} to={`/inbox/${id}`} size="compact-sm" variant="light">
        {t("composer.goThere")}
      </Button>
    </footer>
  );
}
