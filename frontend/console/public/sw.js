// Shows that somebody waits while no page is looked at. It keeps no pages: what is shown is always the server's.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data ? event.data.json() : {}));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

async function show({ kind = "waiting", title = "Frontdesk", body = "", lang = "en", conversation_id = null }) {
  const pages = await self.clients.matchAll({ type: "window" });
  // Whoever looks at the console sees and hears it there.
  if (pages.some((page) => page.focused)) return;
  await self.registration.showNotification(title, {
    body,
    lang,
    dir: lang === "ar" ? "rtl" : "ltr",
    icon: "/console/icon-192.png",
    badge: "/console/badge-96.png",
    tag: kind,
    renotify: true,
    data: conversation_id,
  });
}

async function open(conversation) {
  const address = conversation ? `/#/inbox/${conversation}` : "/#/inbox";
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return self.clients.openWindow(address);
  page.postMessage({ open: address.slice(2) });
  return page.focus();
}
