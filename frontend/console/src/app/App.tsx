/** Decides between signing in and working, keeps language and direction, lays out the pages. */
import { useDirection } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { ProblemError } from "../api/http";
import { useMe } from "../api/queries";
import { Entry } from "../auth/Entry";
import { entryOf } from "../auth/entryOf";
import { SignIn } from "../auth/SignIn";
import { Channels } from "../channels/Channels";
import { ContactPage } from "../contacts/ContactPage";
import { Contacts } from "../contacts/Contacts";
import { followLanguage, isRtl } from "../i18n";
import { Inbox } from "../inbox/Inbox";
import { CommandsProvider } from "../keys/registry";
import { Leads } from "../leads/Leads";
import { Settings } from "../settings/Settings";
import { Start } from "../start/Start";
import { MeProvider } from "./me";
import { ProblemState } from "./Problem";
import { Shell } from "./Shell";

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
    return <Entry key={entry.page} entry={entry} onDone={done} onLeave={() => navigate("/", { replace: true })} />;
  }
  if (me.error instanceof ProblemError && me.error.status === 401) {
    return <SignIn onDone={() => client.invalidateQueries()} />;
  }
  if (!me.data && me.error) return <ProblemState error={me.error} onRetry={() => me.refetch()} page />;
  if (!me.data) return null;
  return (
    <MeProvider value={me.data}>
      <Router hook={useHashLocation}>
        <CommandsProvider>
          <Shell>
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
              <Route path="/contacts/:id">{(params) => <ContactPage id={params.id} />}</Route>
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
          </Shell>
        </CommandsProvider>
      </Router>
    </MeProvider>
  );
}
