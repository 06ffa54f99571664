/** A modal whose way out has a name. */
import { Modal, type ModalProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Dialog(props: ModalProps) {
  const { t } = useTranslation();
  return <Modal centered closeButtonProps={{ "aria-label": t("nav2.close") }} {...props} />;
}
