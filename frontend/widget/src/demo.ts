/** The demo page embeds the widget as any site would, and speaks Turkish or English. */
const query = new URLSearchParams(location.search);
const named = document.querySelector<HTMLMetaElement>('meta[name="frontdesk-widget"]')?.content ?? "";
const widget = query.get("w") ?? (named.startsWith("%") ? "" : named);
const languages = ["tr", "en"];
const wanted = query.get("lang") ?? navigator.language.slice(0, 2);
const language = languages.includes(wanted) ? wanted : "en";

document.documentElement.lang = language;
for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-to]")) {
  const target = new URL(location.href);
  target.searchParams.set("lang", link.dataset.to ?? "en");
  link.href = target.href;
  if (link.dataset.to === language) link.setAttribute("aria-current", "true");
}

if (widget) {
  const script = document.createElement("script");
  script.async = true;
  script.src = "/widget.js";
  script.dataset.widget = widget;
  script.dataset.lang = query.get("widget-lang") ?? language;
  const accent = query.get("accent");
  if (accent) script.dataset.accent = accent;
  document.head.append(script);
} else {
  document.getElementById("missing")?.removeAttribute("hidden");
}
