"""Turn an accepted WhatsApp body into what the phone shows: a view and its tappable options. Pure."""

from simulator.state import Json, Option, Template
from simulator.whatsapp_rules import MEDIA_KINDS

Shown = tuple[Json, tuple[Option, ...]]


def show(kind: str, body: Json) -> Shown:
    """Render any type but templates, which need their definition."""
    content = body[kind]
    if kind == "text":
        return {"text": content["body"]}, ()
    if kind in MEDIA_KINDS:
        return {"media": media(kind, content), "text": content.get("caption", "")}, ()
    if kind == "location":
        return {"location": content}, ()
    if kind == "contacts":
        return {"contacts": [c["name"]["formatted_name"] for c in content]}, ()
    return show_interactive(content)


def show_interactive(content: Json) -> Shown:
    """Render buttons, lists, links and location requests."""
    view: Json = {"text": content["body"]["text"], "footer": (content.get("footer") or {}).get("text", "")}
    header = content.get("header") or {}
    if header.get("type") == "text":
        view["header"] = header["text"]
    elif header:
        view["media"] = media(header["type"], header[header["type"]])
    action = content["action"]
    if content["type"] == "button":
        replies = [button["reply"] for button in action["buttons"]]
        return view, tuple(Option(r["id"], r["title"], "reply") for r in replies)
    if content["type"] == "list":
        sections = [(s.get("title", ""), s["rows"]) for s in action["sections"]]
        rows = [Option(r["id"], r["title"], "row", r.get("description", "")) for _, rows in sections for r in rows]
        names = [{"title": title, "rows": [r["id"] for r in rows]} for title, rows in sections]
        return view | {"list": {"button": action["button"], "sections": names}}, tuple(rows)
    if content["type"] == "cta_url":
        parameters = action["parameters"]
        return view, (Option(parameters["url"], parameters["display_text"], "url", url=parameters["url"]),)
    return view, (Option("send_location", "Send location", "location"),)


def show_template(template: Template, content: Json) -> Shown:
    """Render a template with its variables filled."""
    values: list[str] = []
    named: dict[str, str] = {}
    payloads: dict[int, str] = {}
    for component in content.get("components") or ():
        parameters = component.get("parameters") or ()
        if component.get("type") == "body":
            values += [str(p.get("text", "")) for p in parameters]
            named |= {p["parameter_name"]: str(p.get("text", "")) for p in parameters if "parameter_name" in p}
        elif component.get("sub_type") == "quick_reply" and parameters:
            payloads[int(component.get("index", 0))] = str(parameters[0].get("payload", ""))
    buttons = (Option(payloads.get(i) or title, title, "template_reply") for i, title in enumerate(template.buttons))
    view = {"text": template.render(values, named), "template": template.name, "header": template.header}
    return view, tuple(buttons)


def media(kind: str, content: Json) -> Json:
    """Say where the phone page finds a picture or file."""
    url = content.get("link") or f"/_sim/media/{content.get('id', '')}"
    return {"kind": kind, "url": url, "filename": content.get("filename", "")}
