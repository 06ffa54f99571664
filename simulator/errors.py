"""Say no the way the Graph API does: one exception that renders Meta's error body.

Which rule raises what lives with the rules.
"""

from typing import Any

WHATSAPP = "whatsapp"


class GraphError(Exception):
    """A refusal, with the HTTP status, code and subcode a client can branch on (META_API §3 and §4, Errors)."""

    def __init__(
        self, code: int, message: str, *, details: str = "", subcode: int | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.subcode = subcode
        self.status = status

    def body(self, trace: str, *, product: str | None = None) -> dict[str, Any]:
        """Render the error body; `product` adds WhatsApp's `error_data`."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.message}",
            "type": "OAuthException",
            "code": self.code,
        }
        if product:
            error["error_data"] = {"messaging_product": product, "details": self.details or self.message}
        elif self.details:
            error["message"] += f": {self.details}"
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = trace
        return {"error": error}

    def as_status_error(self) -> dict[str, Any]:
        """Render the entry of a failed status's `errors[]` (META_API §2, statuses)."""
        return {
            "code": self.code,
            "title": self.message,
            "message": self.message,
            "error_data": {"details": self.details or self.message},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }


def invalid(details: str) -> GraphError:
    """Refuse a malformed request (100)."""
    return GraphError(100, "Invalid parameter", details=details)


def invalid_value(details: str) -> GraphError:
    """Refuse a WhatsApp field whose value breaks a limit (131009)."""
    return GraphError(131009, "Parameter value is not valid", details=details)


def missing(details: str) -> GraphError:
    """Refuse a WhatsApp request that lacks a field (131008)."""
    return GraphError(131008, "Required parameter is missing", details=details)


def token_refused(details: str) -> GraphError:
    """Refuse the access token (190, HTTP 401)."""
    return GraphError(190, "Invalid OAuth access token", details=details, status=401)


def no_such_object(object_id: str) -> GraphError:
    """Refuse an id that does not exist or is not this token's (100/33)."""
    return GraphError(
        100,
        "Unsupported request",
        details=f"Object with ID '{object_id}' does not exist or cannot be loaded",
        subcode=33,
    )


def unknown_path(path: str) -> GraphError:
    """Refuse an edge that this simulator (or Meta) does not have."""
    return GraphError(2500, "Unknown path components", details=f"/{path}")


def whatsapp_window_closed() -> GraphError:
    """Refuse a free-form message after 24 hours of silence (131047)."""
    return GraphError(
        131047,
        "Re-engagement message",
        details="More than 24 hours have passed since the customer last wrote; send a template",
    )


def undeliverable() -> GraphError:
    """Report a recipient who blocked the business or has no WhatsApp; Meta does not say which (131026)."""
    return GraphError(131026, "Message undeliverable", details="The recipient could not receive this message")
