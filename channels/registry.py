"""Which channels and webhook sources there are: literal tables, one row each. Nothing registers itself."""

from collections.abc import Callable, Mapping

from channels.base import ChannelFactory
from channels.instagram.channel import InstagramChannel
from channels.messenger.channel import MessengerChannel
from channels.meta.webhook import MetaWebhook
from channels.whatsapp.channel import WhatsAppChannel
from channels.widget.channel import WidgetChannel
from core.channel_types import ChannelType
from core.ports import WebhookSource
from core.settings import Settings

WebhookFactory = Callable[[Settings], WebhookSource]

CHANNELS: Mapping[ChannelType, ChannelFactory] = {
    ChannelType.WHATSAPP: WhatsAppChannel,
    ChannelType.INSTAGRAM: InstagramChannel,
    ChannelType.MESSENGER: MessengerChannel,
    ChannelType.WIDGET: WidgetChannel,
}

WEBHOOKS: Mapping[str, WebhookFactory] = {
    "meta": MetaWebhook.from_settings,
}
"""By the last part of the address: ``POST /webhooks/meta``."""
