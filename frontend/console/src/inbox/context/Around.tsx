/** What a message came with: what it answers, the ad or link behind it, whose words it repeats; small, above the bubble. */
import type { ConversationMessage, Referral } from "@frontdesk/shared";
import { safeUrl } from "@frontdesk/shared/linkify";
import { Forward, type LucideIcon, Megaphone, Reply } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { placeOf } from "../../search/places";
import classes from "./Around.module.css";
import "./words";

interface Props {
  conversation: string;
  message: ConversationMessage;
  /** What to call the customer. */
  label: string;
}

export function Around({ conversation, message, label }: Props) {
  const { t } = useTranslation();
  const { t: say } = useTranslation("around");
  const { quotes, referral, story, forwarded } = message;
  const who = quotes?.author === "contact" ? label : quotes?.author && t(`author.${quotes.author}`);
  return (
    <div className={classes.around}>
      {forwarded && <Line icon={Forward}>{say("forwarded")}</Line>}
      {referral && (
        <Line icon={Megaphone}>
          <CameFrom referral={referral} />
        </Line>
      )}
      {story && (
        <Line icon={Reply}>
          <Outside url={story.url}>{say("story")}</Outside>
        </Line>
      )}
      {quotes && !quotes.message_id && <Line icon={Reply}>{say("unknown")}</Line>}
      {quotes?.message_id && (
        <Link href={placeOf(conversation, quotes.message_id)} className={classes.quote} title={say("answers")}>
          <strong>
            <bdi>{who}</bdi>
          </strong>
          <span dir="auto">{quotes.text || say("gone")}</span>
        </Link>
      )}
    </div>
  );
}

function Line({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <p className={classes.line}>
      <Icon size={13} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}

/** Where somebody came from, in one line. */
export function CameFrom({ referral }: { referral: Referral }) {
  const { t } = useTranslation("around");
  const { source, ad_id, post_id, product_id, headline, ref, url } = referral;
  const kind = ad_id || /^ads?$/i.test(source ?? "") ? "ad" : post_id ? "post" : product_id ? "product" : "link";
  const what = headline ?? ref ?? product_id ?? ad_id ?? post_id ?? source ?? "?";
  return <Outside url={url}>{t(kind, { what })}</Outside>;
}

function Outside({ url, children }: { url?: string | null; children: string }) {
  const safe = url ? safeUrl(url) : null;
  return safe ? (
    <a href={safe} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ) : (
    children
  );
}
