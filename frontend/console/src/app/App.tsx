/** Decides between signing in and working, keeps language and direction, lays out the pages. */
import { useDirection } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { ProblemError } from "../api/http";
import { useMe } from "../api/queries";
import { entryOf } from "../auth/entryOf";
import { followLanguage, isRtl } from "../i18n";
import { Inbox } from "../inbox/Inbox";
import { CommandsProvider } from "../keys/registry";
import { mayGrant } from "../settings/may";
import { MeProvider } from "./me";
import { ProblemState } from "./Problem";
import { Shell } from "./Shell";

/** The inbox is what opens; the other pages come when they are asked for. */
function page<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(() => load().then((found) => ({ default: found })));
}
const Entry = page(() => import("../auth/Entry").then((module) => module.Entry));
const SignIn = page(() => import("../auth/SignIn").then((module) => module.SignIn));
const Channels = page(() => import("../channels/Channels").then((module) => module.Channels));
const ContactPage = page(() => import("../contacts/ContactPage").then((module) => module.ContactPage));
const Contacts = page(() => import("../contacts/Contacts").then((module) => module.Contacts));
const FlowList = page(() => import("../flows/pages").then((module) => module.loadFlows()));
const FlowPage = page(() => import("../flows/pages").then((module) => module.loadFlow()));
const Leads = page(() => import("../leads/Leads").then((module) => module.Leads));
const Settings = page(() => import("../settings/Settings").then((module) => module.Settings));
const Start = page(() => import("../start/Start").then((module) => module.Start));

export function App() {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const client = useQueryClient();
  const me = useMe();
  const [path, navigate] = useHashLocation();
  const chosen = me.data?.staff?.locale;
  useEffect(() => void followLanguage(chosen), [chosen]);
  useEffect(() => setDirection(isRtl(i18n.language) ? "rtl" : "ltr"), [i18n.language, setDirection]);

  const entry = entryOf(path);
  if (entry) {
    const done = () => {
      navigate("/inbox", { replace: true });
      // Whoever was signed in before: but the link itself was used just now, and is not asked for again.
      void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== "ticket" });
    };
    return (
      <Suspense>
        <Entry key={entry.page} entry={entry} onDone={done} onLeave={() => navigate("/", { replace: true })} />
      </Suspense>
    );
  }
  if (me.error instanceof ProblemError && me.error.status === 401) {
    return (
      <Suspense>
        <SignIn onDone={() => client.invalidateQueries()} />
      </Suspense>
    );
  }
  if (!me.data && me.error) return <ProblemState error={me.error} onRetry={() => me.refetch()} page />;
  if (!me.data) return null;
  return (
    <MeProvider value={me.data}>
      <Router hook={useHashLocation}>
        <CommandsProvider>
          <Shell>
            <Suspense>
              <Switch>
                <Route path="/inbox/:id?/:message?">
                  {(params) => <Inbox id={params.id ?? null} message={params.message ?? null} />}
                </Route>
                <Route path="/leads">
                  <Leads />
                </Route>
                <Route path="/contacts">
                  <Contacts />
                </Route>
                <Route path="/contacts/:id/:note?">
                  {(params) => <ContactPage id={params.id} note={params.note ?? null} />}
                </Route>
                {mayGrant(me.data.role, "builder") && (
                  <Route path="/flows">
                    <FlowList />
                  </Route>
                )}
                {mayGrant(me.data.role, "builder") && (
                  <Route path="/flows/:id">{(params) => <FlowPage key={params.id} id={params.id} />}</Route>
                )}
                <Route path="/channels">
                  <Channels />
                </Route>
                <Route path="/settings/:section?">{(params) => <Settings section={params.section} />}</Route>
                <Route path="/start">
                  <Start />
                </Route>
                <Route>
                  <Redirect to="/inbox" replace />
                </Route>
              </Switch>
            </Suspense>
          </Shell>
        </CommandsProvider>
      </Router>
    </MeProvider>
  );
}
