/** Three panes on a wide screen, one page at a time on a phone. */
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { MessagesSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../app/EmptyState";
import { ConversationList } from "./ConversationList";
import classes from "./Inbox.module.css";
import { Thread } from "./Thread";
import { useActs } from "./useActs";

export function Inbox({ id, message }: { id: string | null; message: string | null }) {
  const { t } = useTranslation();
  const wide = useMediaQuery("(min-width: 75em)", true, { getInitialValueInEffect: false });
  const [details, { toggle, close }] = useDisclosure(false);
  const acts = useActs();
  return (
    <div className={classes.panes} data-open={id ? true : undefined}>
      <ConversationList openId={id} message={message} acts={acts} />
      {id ? (
        <Thread
          key={id}
          id={id}
          message={message}
          acts={acts}
          showDetails={wide ? !details : details}
          onToggleDetails={toggle}
          onCloseDetails={close}
          overlay={!wide}
        />
      ) : (
        <section className={classes.blank}>
          <EmptyState icon={MessagesSquare} title={t("inbox.pick")} text={t("inbox.pickText")} />
        </section>
      )}
    </div>
  );
}
