export const en = {
  nav: { inbox: "Inbox", leads: "Leads", channels: "Channels", start: "Get started", shortcuts: "Keyboard shortcuts", account: "Account", skip: "Skip to content" },
  menu: { theme: "Theme", light: "Light", dark: "Dark", auto: "As the device", language: "Language", signOut: "Sign out", business: "Business" },
  banner: {
    noModel: "No model is connected. Flows, set answers and hand-over work; free questions are not understood.",
    howModel: "How to connect one",
    simulator: "Simulator: these messages do not reach Meta.",
    offline: "Connection lost. What you see may be old; reconnecting…",
  },
  auth: {
    title: "Sign in to Frontdesk", intro: "Answer customers together, and see who holds what.", email: "E-mail", password: "Password", submit: "Sign in",
    demo: "This is a demo. Sign in with", fill: "Fill in for me",
  },
  problem: {
    title: "Something went wrong", retry: "Try again", reload: "Reload the page",
    unreachable: "The server cannot be reached", unreachableHint: "Check the connection. Nothing you wrote is lost.",
    forbidden: "Your role does not allow this. Ask an owner or an admin.", notFound: "It may have been removed, or it belongs to another business.",
    conflict: "Somebody changed it a moment ago. It now shows the newest state.", busy: "The server is busy. Try again in a moment.", other: "Try again; if it stays, look at the server's log.",
    claimed: "A colleague was faster and holds this conversation now.", stale: "This page is out of date. Reload it and try again.",
    code: "Code: {{code}}",
  },
  views: { all: "All open", waiting: "Needs a person", mine: "Mine", agent: "Agent", resolved: "Resolved", label: "Views" },
  inbox: {
    title: "Inbox", search: "Search conversations", unread: "{{n}} unread", noName: "Unknown contact", you: "You", list: "Conversations",
    emptyTitle: "No conversation here yet", emptyText: "Messages from your channels appear here the moment they arrive. Write one yourself to see it happen.", emptyAction: "Open the phone",
    emptyViewTitle: "Nothing in this view", emptyViewText: "Conversations move here by themselves when it is their turn.", emptySearch: "Nothing found for “{{q}}”", clearSearch: "Clear the search", showAll: "Show all open",
    pick: "Choose a conversation", pickText: "Use J and K to move, Enter to open.", more: "Load more", older: "Load older messages", back: "Back to the list",
    noMessages: "No messages yet", details: "Details", waitingSince: "waiting {{time}}",
  },
  owner: {
    agent: "Agent", me: "You", colleague: "Colleague", app: "Native app", nobody: "Nobody",
    agentLine: "The agent answers", meLine: "You hold this", colleagueLine: "{{name}} holds this", appLine: "Answered from the native app", nobodyLine: "Nobody holds this",
    take: "Take", takeOver: "Take over", claim: "Take", handBack: "Hand back", tookAway: "You hold this now", handedBack: "The agent answers again",
  },
  status: { open: "Open", snoozed: "Snoozed", resolved: "Resolved", resolve: "Resolve", reopen: "Reopen" },
  author: { contact: "Customer", agent: "Agent", staff: "Staff", app: "Native app", api: "API", system: "System" },
  delivery: { queued: "Queued", sending: "Sending", unknown: "Outcome unknown, being checked", accepted: "Accepted by the provider", sent: "Sent", delivered: "Delivered", read: "Read", failed: "Failed", cancelled: "Cancelled", received: "Received" },
  part: { location: "Location", template: "Template", form: "Form", shared: "Shared", unsupported: "Cannot be shown here", file: "File", noMedia: "The file is not available", image: "Picture", openMap: "Open map" },
  composer: {
    placeholder: "Write a reply…", send: "Send", label: "Reply", takes: "Sending takes the conversation from the agent.", takesFrom: "Sending takes the conversation from {{name}}.", takesNobody: "Sending takes the conversation.",
    left: "{{time}} left to reply", until: "Until {{at}}", tagged: "Sent as a human agent", useSuggestion: "Use", hint: "Enter sends, Shift+Enter makes a new line", resolvedNote: "A reply opens it again.",
  },
  refusal: {
    window_closed: "The reply window is closed.", never_wrote: "This customer has not written yet.", opted_out: "The customer asked not to be written to.", quiet_hours: "Quiet hours.",
    account_down: "The channel is not connected.", not_owner: "Somebody else holds this conversation.", too_long: "The message is too long.", empty: "There is nothing to send.", unsupported: "This channel cannot carry it.",
  },
  instead: {
    template: "Send an approved template, or wait for the customer to write.", human_agent: "A person may still answer.", wait: "Wait until {{at}}.", reconnect: "Reconnect the channel.", take: "Take the conversation first.", shorten: "Shorten the message.", none: "Wait for the customer to write.",
  },
  side: { contact: "Contact", channel: "Channel", account: "Account", language: "Language", lastInbound: "Last message from them", handoff: "Handed over", reason: "Why", summary: "Summary", collected: "Collected", suggested: "Suggested reply", queue: "Queue", waiting: "Waiting since", state: { waiting: "Waiting", claimed: "Claimed", done: "Done" }, status: "Status" },
  leads: {
    title: "Leads", search: "Search by name, phone, e-mail or tag", name: "Name", phone: "Phone", email: "E-mail", stage: "Stage", tags: "Tags", created: "Created", open: "Open the conversation", fields: "What they told us", noFields: "Nothing more was collected.", anyStage: "All stages", count: "{{n}} shown", pipeline: "Pipeline",
    emptyTitle: "No leads yet", emptyText: "When a flow has asked for a name and a phone number, the person appears here with the message they said it in.", emptyAction: "Try it on the phone", noMatch: "No lead matches",
  },
  channels: {
    title: "Channels", connect: "Connect a channel", check: "Check now", checking: "Checking…", checked: "Checked", flow: "Answers with", noFlow: "The default flow", id: "Id",
    active: "Working", paused: "Paused", reconnect: "Needs reconnecting", disconnected: "Disconnected",
    activeHint: "Messages come in and go out.", pausedHint: "Messages are held and go out when the provider lifts its limit.", reconnectHint: "Messages are held. Connect it again with a new access token; history stays.", disconnectedHint: "Nothing comes in. Connect it again to go on.",
    emptyTitle: "No channel connected yet", emptyText: "Connect WhatsApp, Instagram, Messenger or your own website. Until then the simulator's phone plays the customer.",
    embed: "Put this on your site, before </body>", copy: "Copy", copied: "Copied", connectText: "Channels are connected on the server, where the tokens stay. Run:", connectThen: "It appears here within seconds.", done: "Done",
  },
  kind: { whatsapp: "WhatsApp", instagram: "Instagram", messenger: "Messenger", widget: "Website" },
  start: {
    title: "Get started", text: "Five steps to a front desk that answers by itself.", progress: "{{done}} of {{all}} done",
    phone: "Try the phone", phoneText: "Write as a customer and watch it arrive here.", phoneDo: "Open the phone",
    channel: "Connect a channel", channelText: "WhatsApp, Instagram, Messenger or your website.", channelDo: "Connect",
    flow: "Publish your flow", flowText: "What the agent says and asks, and when it fetches a person.", flowDo: "Show how",
    model: "Connect a model", modelText: "So that free questions are understood. Everything else works without.", modelDo: "Show how",
    colleague: "Invite a colleague", colleagueText: "So that somebody is there when the agent asks for a person.", colleagueDo: "Show how",
    howFlow: "Check the file, bring it in and publish it:", howModel: "Put a key in .env and start the server again:", howColleague: "Add the person with a role:", done: "Done", hide: "Hide", noPhone: "The simulator is not running. Start it with:",
  },
  keys: { title: "Keyboard shortcuts", next: "Next conversation", previous: "Previous conversation", open: "Open it", take: "Take it", back: "Hand it back to the agent", resolve: "Resolve or reopen", reply: "Write a reply", search: "Search", help: "This list", leave: "Leave the field, go back" },
};

export type Words = typeof en;
