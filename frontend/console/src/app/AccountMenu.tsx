/** Who I am, for which business, in which language and light. */
import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Coffee, Languages, LogOut, Monitor, Moon, Plug, Settings, Sun, Workflow } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useColleagues, useSetAway } from "../api/assigning";
import { post, setTenant } from "../api/http";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import { mayGrant } from "../settings/may";
import { Avatar } from "./Avatar";
import { useSignedIn } from "./me";
import { useTellProblem } from "./Problem";

const SCHEMES = [
  ["light", Sun],
  ["dark", Moon],
  ["auto", Monitor],
] as const;

export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = useSignedIn();
  const client = useQueryClient();
  const tell = useTellProblem();
  const [, navigate] = useLocation();
  const [opened, setOpened] = useState(false);

  const colleagues = useColleagues(opened);
  const self = colleagues.data?.find(({ id }) => id === me.staff?.id);
  const away = useSetAway();

  const leave = async () => {
    await post("auth/logout").catch(tell);
    setTenant(null);
    location.reload();
  };
  const choose = (tenantId: string) => {
    setTenant(tenantId);
    navigate("/inbox");
    void client.resetQueries();
  };
  return (
    <Menu opened={opened} onChange={setOpened} position="right-end" width={240} shadow="md" withinPortal>
      <Menu.Target>
        <UnstyledButton
          aria-label={t("nav.account")}
          style={{ display: "grid", placeItems: "center", width: 44, height: 44 }}
        >
          <Avatar name={me.staff?.name ?? me.tenant.name} size={32} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah="80dvh" style={{ overflowY: "auto" }}>
        <Menu.Label>
          {me.staff?.name ?? me.tenant.name}
          <br />
          {me.staff?.email}
        </Menu.Label>
        {mayGrant(me.role, "builder") && (
          <Menu.Item leftSection={<Workflow size={16} />} onClick={() => navigate("/flows")}>
            {t("flowPages.link")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Plug size={16} />} onClick={() => navigate("/channels")}>
          {t("nav.channels")}
        </Menu.Item>
        <Menu.Item leftSection={<Settings size={16} />} onClick={() => navigate("/settings")}>
          {t("nav2.settings")}
        </Menu.Item>
        {me.memberships.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t("menu.business")}</Menu.Label>
            {me.memberships.map((member) => (
              <Menu.Item
                key={member.tenant_id}
                onClick={() => choose(member.tenant_id)}
                rightSection={member.tenant_id === me.tenant.id ? <Check size={16} /> : null}
              >
                {member.name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Label>{t("menu.theme")}</Menu.Label>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            rightSection={colorScheme === scheme ? <Check size={16} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`menu.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("menu.language")}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            leftSection={<Languages size={16} />}
            rightSection={i18n.language === language ? <Check size={16} /> : null}
            onClick={() => void chooseLanguage(language)}
          >
            {LANGUAGES[language]}
          </Menu.Item>
        ))}
        {self && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<Coffee size={16} />}
              rightSection={self.away ? <Check size={16} /> : null}
              title={t("assign.awayHint")}
              onClick={() =>
                away.mutate(!self.away, {
                  onError: tell,
                  onSuccess: () =>
                    notifications.show({ message: t(self.away ? "assign.awayOff" : "assign.awayOn"), autoClose: 3000 }),
                })
              }
            >
              {t("assign.away")}
            </Menu.Item>
          </>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<LogOut size={16} />} onClick={() => void leave()}>
          {t("menu.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
