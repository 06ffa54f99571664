"""The flow that scenarios run: a small clinic's, in Turkish and English, of the tests' own."""

from typing import Any


def clinic_flow(**changes: Any) -> dict[str, Any]:
    """Return the document; ``changes`` replace or add nodes."""
    return {
        "schema": "flow/1",
        "key": "clinic",
        "name": "Clinic",
        "kind": "main",
        "channels": ["whatsapp", "instagram", "messenger", "widget"],
        "locales": {"default": "tr", "supported": ["tr", "en"], "fallback": {"en": ["tr"]}},
        "settings": {"timezone": "Europe/Istanbul", "idle_end": "PT24H"},
        "variables": {
            "slots.service": {"type": "enum", "values": ["implant", "braces"]},
            "slots.name": {"type": "string", "pii": True},
            "contact.phone": {"type": "phone", "pii": True},
        },
        "entry": "welcome",
        "triggers": [
            {"id": "menu", "class": "soft", "mode": "exact", "keywords": {"tr": ["menü"], "en": ["menu"]},
             "do": "goto", "to": "service"},
        ],
        "nodes": {
            "welcome": {"type": "message", "v": 1, "title": "Welcome", "to": {"next": "service"},
                        "say": {"tr": "Gülüş kliniğine hoş geldiniz.", "en": "Welcome to the Gülüş clinic."}},
            "service": {
                "type": "ask", "v": 1, "title": "Service", "save": "slots.service",
                "say": {"tr": "Hangi tedavi için yazıyorsunuz?", "en": "Which treatment is it about?"},
                "expect": {"type": "choice", "options": [
                    {"id": "implant", "label": {"tr": "İmplant", "en": "Implant"}},
                    {"id": "braces", "label": {"tr": "Diş teli", "en": "Braces"}, "synonyms": {"tr": ["ortodonti"]}},
                ]},
                "retries": {"max": 3}, "to": {"ok": "name", "failed": "person"},
            },
            "name": {
                "type": "ask", "v": 1, "title": "Name", "save": "slots.name", "retries": {"max": 2},
                "say": {"tr": "Adınız ve soyadınız?", "en": "Your first and last name?"},
                "expect": {"type": "text", "min": 3, "max": 80}, "to": {"ok": "phone", "failed": "person"},
            },
            "phone": {
                "type": "ask", "v": 1, "title": "Phone", "save": "contact.phone", "prefill": "always_ask",
                "say": {"tr": "Sizi hangi numaradan arayalım?", "en": "Which number may we call?"},
                "expect": {"type": "phone"}, "retries": {"max": 2}, "to": {"ok": "lead", "failed": "lead"},
            },
            "lead": {
                "type": "lead", "v": 1, "title": "Lead", "pipeline": "default", "stage": "new",
                "dedupe": ["contact.phone"], "tags": ["bot"],
                "fields": {"service": {"$var": "slots.service"}, "name": {"$var": "slots.name"}},
                "to": {"ok": "thanks", "error": "person"},
            },
            "thanks": {"type": "message", "v": 1, "title": "Thanks", "to": {"next": "person"},
                       "say": {"tr": "Teşekkürler {{ slots.name | first_word }}.",
                               "en": "Thank you, {{ slots.name | first_word }}."}},
            "person": {
                "type": "handoff", "v": 1, "title": "Person", "queue": "default",
                "say": {"tr": "Sizi bir arkadaşımıza bağlıyorum.", "en": "I am connecting you to a colleague."},
                "to": {"resolved": "done", "returned": "service", "timeout": "sorry", "unavailable": "sorry"},
            },
            "done": {"type": "end", "v": 1, "title": "Done", "outcome": "served"},
            "sorry": {"type": "end", "v": 1, "title": "Nobody", "outcome": "unserved"},
            **changes,
        },
    }  # fmt: skip
