import type { Invitation, Member, Role } from "@frontdesk/shared";
import { ActionIcon, Button, Menu, Select, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { MailPlus, MoreHorizontal, UserCheck, UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/http";
import { Avatar } from "../app/Avatar";
import { useNow } from "../app/clock";
import { useSignedIn } from "../app/me";
import { ProblemState, useTellProblem } from "../app/Problem";
import { agoInWords, exactTime, regionOf } from "../app/time";
import { Block } from "./Block";
import { InviteModal } from "./InviteModal";
import { mayGrant, ROLES } from "./may";
import {
  useDeactivate,
  useEndInvitation,
  useInvitations,
  useInvite,
  useMembers,
  useReactivate,
  useSetRole,
} from "./queries";
import classes from "./Settings.module.css";

export function Team() {
  const { t } = useTranslation();
  const me = useSignedIn();
  const isAdmin = mayGrant(me.role, "admin");
  const members = useMembers();
  const [inviting, { open, close }] = useDisclosure(false);
  const invite = isAdmin && (
    <Button leftSection={<MailPlus size={16} />} onClick={open}>
      {t("team.invite")}
    </Button>
  );
  return (
    <>
      <Block title={t("settings.team")} text={isAdmin ? null : t("settings.forAdmins")} actions={invite}>
        {members.isPending && <Skeleton height={120} m={20} w="auto" />}
        {members.isError && <ProblemState error={members.error} onRetry={() => members.refetch()} />}
        <ul className={classes.rows}>
          {members.data?.map((member) => (
            <MemberRow key={member.id} member={member} isAdmin={isAdmin} />
          ))}
        </ul>
      </Block>
      {isAdmin && <Invitations />}
      <Block title={t("team.roles")}>
        <div className={classes.body}>
          <dl className={classes.roles}>
            {ROLES.map((role) => (
              <Meaning key={role} role={role} />
            ))}
          </dl>
        </div>
      </Block>
      <InviteModal opened={inviting} onClose={close} />
    </>
  );
}

function Meaning({ role }: { role: Role }) {
  const { t } = useTranslation();
  return (
    <>
      <dt>{t(`role.${role}`)}</dt>
      <dd>{t(`role.${role}Text`)}</dd>
    </>
  );
}

/** What the server says against a change of the team, in the reader's words. */
function useTellTeam() {
  const { t } = useTranslation();
  const tell = useTellProblem();
  return (cause: unknown) => {
    if (!(cause instanceof ProblemError && cause.problem.reason === "last_owner")) return tell(cause);
    notifications.show({ message: t("team.lastOwner"), color: "red", withBorder: true });
  };
}

function MemberRow({ member, isAdmin }: { member: Member; isAdmin: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useSignedIn();
  const now = useNow();
  const tell = useTellTeam();
  const setRole = useSetRole();
  const isMe = member.id === me.staff?.id;
  const mayChange = isAdmin && mayGrant(me.role, member.role) && member.active;
  return (
    <li data-wrap data-inactive={!member.active || undefined}>
      <Avatar name={member.name} />
      <div className={classes.who}>
        <strong>
          <bdi>{member.name}</bdi>
          {isMe && <span className={classes.pill}>{t("team.you")}</span>}
          {!member.active && <span className={classes.pill}>{t("team.inactive")}</span>}
        </strong>
        <span>
          {member.email}
          {" · "}
          {member.seen_at ? (
            <time dateTime={member.seen_at} title={exactTime(member.seen_at, i18n.language)}>
              {t("settings.seen", { time: agoInWords(member.seen_at, now, i18n.language) })}
            </time>
          ) : (
            t("team.never")
          )}
        </span>
      </div>
      {mayChange ? (
        <Select
          aria-label={`${t("team.role")}: ${member.name}`}
          w={136}
          allowDeselect={false}
          data={ROLES.filter((role) => mayGrant(me.role, role)).map((role) => ({
            value: role,
            label: t(`role.${role}`),
          }))}
          value={member.role}
          disabled={setRole.isPending}
          onChange={(role) => role && setRole.mutate({ id: member.id, role: role as Role }, { onError: tell })}
        />
      ) : (
        <span className={classes.pill} data-tone="accent">
          {t(`role.${member.role}`)}
        </span>
      )}
      {isAdmin && !isMe && mayGrant(me.role, member.role) && <MemberMenu member={member} />}
    </li>
  );
}

function MemberMenu({ member }: { member: Member }) {
  const { t } = useTranslation();
  const tell = useTellTeam();
  const deactivate = useDeactivate();
  const reactivate = useReactivate();
  const { name } = member;
  const back = () =>
    reactivate.mutate(member.id, {
      onError: tell,
      onSuccess: () => notifications.show({ message: t("team.reactivated", { name }) }),
    });
  const out = () =>
    deactivate.mutate(member.id, {
      onError: tell,
      onSuccess: ({ released }) =>
        notifications.show({
          title: t("team.deactivated", { name }),
          message: (
            <>
              {released > 0 && <p style={{ margin: 0 }}>{t("team.released", { n: released })}</p>}
              <Button variant="subtle" size="compact-sm" onClick={back}>
                {t("settings.undo")}
              </Button>
            </>
          ),
          autoClose: 10_000,
        }),
    });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("team.actions", { name })}>
          <MoreHorizontal size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {member.active ? (
          <Menu.Item leftSection={<UserX size={16} />} onClick={out}>
            {t("team.deactivate")}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<UserCheck size={16} />} onClick={back}>
            {t("team.reactivate")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Invitations() {
  const { t } = useTranslation();
  const invitations = useInvitations();
  if (!invitations.data?.length) return null;
  return (
    <Block title={t("team.invitations")}>
      <ul className={classes.rows}>
        {invitations.data.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Block>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { t, i18n } = useTranslation();
  const tell = useTellProblem();
  const end = useEndInvitation();
  const invite = useInvite();
  const { email, role, locale } = invitation;
  const date = new Date(invitation.expires_at).toLocaleDateString(regionOf(i18n.language), {
    day: "numeric",
    month: "long",
  });
  const again = () =>
    invite.mutate(
      { email, role, locale },
      {
        onError: tell,
        onSuccess: ({ sent }) =>
          notifications.show({
            message: sent ? t("team.sent", { email }) : t("team.notSent"),
            color: sent ? "" : "red",
          }),
      },
    );
  return (
    <li data-wrap>
      <Avatar name={null} />
      <div className={classes.who}>
        <strong>
          <bdi>{email}</bdi>
        </strong>
        <span>
          {t(`role.${role}`)} · {t("team.expires", { date })}
        </span>
      </div>
      <Button variant="default" size="xs" loading={invite.isPending} onClick={again}>
        {t("team.again")}
      </Button>
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        loading={end.isPending}
        onClick={() =>
          end.mutate(invitation.id, {
            onError: tell,
            onSuccess: () => notifications.show({ message: t("team.ended") }),
          })
        }
      >
        {t("team.end")}
      </Button>
    </li>
  );
}
