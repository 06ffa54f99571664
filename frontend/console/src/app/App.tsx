/** Decides between signing in and working, keeps language and direction, lays out the pages. */
import { useDirection } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { ProblemError } from "../api/http";
import { useMe } from "../api/queries";
import { SignIn } from "../auth/SignIn";
import { Channels } from "../channels/Channels";
import { isRtl } from "../i18n";
import { Inbox } from "../inbox/Inbox";
import { Leads } from "../leads/Leads";
import { Canned } from "../settings/Canned";
import { Start } from "../start/Start";
import { MeProvider } from "./me";
import { ProblemState } from "./Problem";
import { Shell } from "./Shell";

export function App() {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  const client = useQueryClient();
  const me = useMe();
  useEffect(() => setDirection(isRtl(i18n.language) ? "rtl" : "ltr"), [i18n.language, setDirection]);

  if (me.error instanceof ProblemError && me.error.status === 401) {
    return <SignIn onDone={() => client.invalidateQueries()} />;
  }
  if (!me.data && me.error) return <ProblemState error={me.error} onRetry={() => me.refetch()} page />;
  if (!me.data) return null;
  return (
    <MeProvider value={me.data}>
      <Router hook={useHashLocation}>
        <Shell>
          <Switch>
            <Route path="/inbox/:id?">{(params) => <Inbox id={params.id ?? null} />}</Route>
            <Route path="/leads">
              <Leads />
            </Route>
            <Route path="/channels">
              <Channels />
            </Route>
            <Route path="/settings/canned">
              <Canned />
            </Route>
            <Route path="/start">
              <Start />
            </Route>
            <Route>
              <Redirect to="/inbox" replace />
            </Route>
          </Switch>
        </Shell>
      </Router>
    </MeProvider>
  );
}
