"""What an account's subscription says about why nothing arrives (META_API §1, Access)."""

from channels.meta.reading import Obj

NOT_SUBSCRIBED = "The app is not subscribed to this account, so no messages arrive."


def subscribed(answer: Obj, app_id: str | None, *, needed: frozenset[str] = frozenset()) -> str | None:
    """Return what is wrong with ``subscribed_apps``; None where our app gets what it needs.

    WhatsApp wraps each app in ``whatsapp_business_api_data``; only the others list ``subscribed_fields``.
    """
    apps = [row.obj("whatsapp_business_api_data") or row for row in answer.each("data")]
    ours = [app for app in apps if app_id is None or app.text("id") in {app_id, None}]
    if not ours:
        return NOT_SUBSCRIBED
    fields = {field for app in ours for field in app.texts("subscribed_fields")}
    missing = needed - fields if fields else frozenset()
    return f"The app is not subscribed to: {', '.join(sorted(missing))}." if missing else None
