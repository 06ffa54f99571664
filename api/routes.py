"""Every address of the server, one row each: method, path, least role, handler, and what goes in and out.

The OpenAPI document, the check of roles and the test that no route shows another tenant's things are made from it.
"""

from api import (
    access,
    account,
    building,
    composing,
    contacts,
    files,
    health,
    inbox,
    leads,
    live,
    noticing,
    pages,
    people,
    queue,
    scheduling,
    team,
    webhooks,
    widget,
    widget_stream,
)
from api.auth import Credentials
from api.calling import Route
from api.openapi import openapi
from core.nouns import Role
from core.policy import Policy
from core.views import (
    AuditEntry,
    Changed,
    ContactItem,
    ConversationDetail,
    ConversationItem,
    HandoffItem,
    HappeningView,
    LeadView,
    MessageView,
    NoteView,
    Page,
    Sent,
    Taken,
    UndeliveredView,
)
from core.views_composing import CannedReply, PresenceView
from core.views_people import LeadDetail, PipelineView, Profile, StageSum
from core.views_setup import ChannelView, FlowDetail, FlowItem, QuarantinedEvent, UsageRow
from core.views_why import TurnDetail, TurnView
from desk.trying import Trial

V1 = "/api/v1"
TALK = V1 + "/conversations/{id}"
STAFF, BUILDER, ADMIN = Role.STAFF, Role.BUILDER, Role.ADMIN

API: tuple[Route, ...] = (
    Route("POST", V1 + "/auth/login", None, people.log_in, body=Credentials, answer=people.SignedIn),
    Route("POST", V1 + "/auth/logout", None, people.log_out),
    Route("GET", V1 + "/auth/hint", None, people.hint, answer=people.Hint),
    Route("POST", V1 + "/auth/forgot", None, access.forgot, body=access.ForgottenBody, answer=access.Heard),
    Route("POST", V1 + "/auth/ticket", None, access.show_ticket, body=access.TicketBody, answer=access.TicketView),
    Route("POST", V1 + "/auth/password", None, access.set_password, body=access.NewPasswordBody, answer=access.Joined),
    Route("POST", V1 + "/auth/join", None, access.join, body=access.JoinBody, answer=access.Joined),
    Route("GET", V1 + "/me", STAFF, people.me, answer=people.Me),
    Route("PUT", V1 + "/me", STAFF, account.put_profile, body=account.ProfileBody),
    Route("PUT", V1 + "/me/password", STAFF, account.put_password, body=account.PasswordBody),
    *noticing.ROUTES,
    Route("GET", V1 + "/devices", STAFF, account.list_devices, answer=Page[account.DeviceView]),
    Route("POST", V1 + "/devices/end-others", STAFF, account.end_other_devices, answer=account.SignedOut),
    Route("DELETE", V1 + "/devices/{id}", STAFF, account.end_device),
    Route("GET", V1 + "/members", STAFF, team.list_members, answer=Page[team.MemberView]),
    Route("PUT", V1 + "/members/{id}/role", ADMIN, team.put_role, body=team.RoleBody),
    Route("POST", V1 + "/members/{id}/deactivate", ADMIN, team.end_member, answer=team.Deactivated),
    Route("POST", V1 + "/members/{id}/reactivate", ADMIN, team.resume_member),
    Route("GET", V1 + "/invitations", ADMIN, team.list_invitations, answer=Page[team.InvitationView]),
    Route("POST", V1 + "/invitations", ADMIN, team.add_invitation, body=team.InvitationBody, answer=team.Invited),
    Route("DELETE", V1 + "/invitations/{id}", ADMIN, team.end_invitation),
    Route("GET", V1 + "/api-keys", ADMIN, team.list_keys, answer=Page[team.KeyView]),
    Route("POST", V1 + "/api-keys", ADMIN, team.add_key, body=team.KeyBody, answer=team.KeyMade),
    Route("DELETE", V1 + "/api-keys/{id}", ADMIN, team.end_key),
    Route(
        "GET",
        V1 + "/conversations",
        STAFF,
        inbox.list_conversations,
        query=inbox.ConversationQuery,
        answer=Page[ConversationItem],
    ),
    *queue.ROUTES,
    Route("GET", TALK, STAFF, inbox.get_conversation, answer=ConversationDetail),
    Route("GET", TALK + "/messages", STAFF, inbox.list_messages, query=inbox.Listed, answer=Page[MessageView]),
    Route("POST", TALK + "/messages", STAFF, inbox.send_message, body=inbox.MessageBody, answer=Sent),
    Route("POST", TALK + "/messages/{message_id}/resend", STAFF, inbox.resend_message, answer=Sent),
    *files.ROUTES,
    *scheduling.ROUTES,
    Route("GET", V1 + "/undelivered", STAFF, inbox.list_undelivered, query=inbox.Listed, answer=Page[UndeliveredView]),
    Route("GET", TALK + "/turns", STAFF, inbox.list_turns, query=inbox.Listed, answer=Page[TurnView]),
    Route("GET", TALK + "/turns/{turn_id}", STAFF, inbox.get_turn, answer=TurnDetail),
    Route("POST", TALK + "/take", STAFF, inbox.take, answer=Taken),
    Route("POST", TALK + "/hand-back", STAFF, inbox.hand_back, body=inbox.HandBackBody, answer=Changed),
    Route("POST", TALK + "/assign", STAFF, inbox.assign, body=inbox.AssignBody, answer=Changed),
    Route("POST", TALK + "/resolve", STAFF, inbox.resolve, answer=Changed),
    Route("POST", TALK + "/reopen", STAFF, inbox.reopen, answer=Changed),
    Route("POST", TALK + "/snooze", STAFF, inbox.snooze, body=inbox.SnoozeBody, answer=Changed),
    Route("POST", TALK + "/read", STAFF, inbox.mark_read, answer=Changed),
    Route("GET", TALK + "/notes", STAFF, inbox.list_notes, answer=Page[NoteView]),
    Route("POST", TALK + "/notes", STAFF, inbox.add_note, body=inbox.NoteBody, answer=inbox.NoteAdded),
    Route("GET", TALK + "/timeline", STAFF, inbox.list_happenings, answer=Page[HappeningView]),
    Route("POST", TALK + "/labels", STAFF, inbox.set_labels, body=inbox.LabelsBody, answer=Changed),
    Route("POST", TALK + "/messages/{message_id}/cancel", STAFF, composing.cancel_message, answer=Changed),
    Route(
        "POST",
        TALK + "/presence",
        STAFF,
        composing.tell_presence,
        body=composing.PresenceBody,
        answer=PresenceView,
    ),
    Route("GET", V1 + "/canned-replies", STAFF, composing.list_canned, answer=Page[CannedReply]),
    Route(
        "POST",
        V1 + "/canned-replies",
        ADMIN,
        composing.add_canned,
        body=composing.CannedBody,
        answer=composing.CannedAdded,
    ),
    Route("PUT", V1 + "/canned-replies/{id}", ADMIN, composing.put_canned, body=composing.CannedBody, answer=Changed),
    Route("DELETE", V1 + "/canned-replies/{id}", ADMIN, composing.delete_canned, answer=Changed),
    Route("GET", V1 + "/handoffs", STAFF, inbox.list_handoffs, query=inbox.HandoffQuery, answer=Page[HandoffItem]),
    Route("POST", V1 + "/handoffs/{id}/claim", STAFF, inbox.claim_handoff, answer=Taken),
    Route("GET", V1 + "/pipelines", STAFF, leads.list_pipelines, answer=Page[PipelineView]),
    Route("GET", V1 + "/leads", STAFF, leads.list_leads, query=leads.LeadFilter, answer=Page[LeadView]),
    Route("GET", V1 + "/leads/sums", STAFF, leads.sum_leads, query=leads.SumQuery, answer=Page[StageSum]),
    Route("GET", V1 + "/leads/export", ADMIN, leads.export_leads, query=leads.LeadFilter),
    Route("GET", V1 + "/leads/{id}", STAFF, leads.get_lead, answer=LeadDetail),
    Route("PUT", V1 + "/leads/{id}", STAFF, leads.put_lead, body=leads.LeadBody, answer=Changed),
    Route("POST", V1 + "/leads/{id}/stage", STAFF, leads.move_lead, body=leads.StageBody, answer=Changed),
    Route(
        "GET", V1 + "/contacts", STAFF, contacts.list_contacts, query=contacts.ContactQuery, answer=Page[ContactItem]
    ),
    Route("GET", V1 + "/contacts/{id}", STAFF, contacts.get_contact, answer=Profile),
    Route("PUT", V1 + "/contacts/{id}/tags", STAFF, contacts.set_tags, body=contacts.TagsBody, answer=Changed),
    Route("POST", V1 + "/contacts/{id}/notes", STAFF, contacts.note_contact, body=inbox.NoteBody, answer=Changed),
    Route(
        "POST",
        V1 + "/contacts/{id}/merge",
        STAFF,
        contacts.merge_contact,
        body=contacts.MergeBody,
        answer=contacts.Merged,
    ),
    Route("POST", V1 + "/merges/{id}/undo", STAFF, contacts.undo_merge, answer=contacts.Parted),
    Route("GET", V1 + "/contacts/{id}/export", ADMIN, contacts.export_contact),
    Route("DELETE", V1 + "/contacts/{id}", ADMIN, contacts.erase_contact, answer=Changed),
    Route("GET", V1 + "/flows", BUILDER, building.list_flows, answer=Page[FlowItem]),
    Route("POST", V1 + "/flows", BUILDER, building.create_flow, body=building.Draft, answer=FlowDetail),
    Route("GET", V1 + "/flows/{id}", BUILDER, building.get_flow, answer=FlowDetail),
    Route("PUT", V1 + "/flows/{id}", BUILDER, building.put_flow, body=building.Draft, answer=building.DraftSaved),
    Route("POST", V1 + "/flows/{id}/validate", BUILDER, building.validate_flow, answer=building.Checked),
    Route("POST", V1 + "/flows/{id}/publish", BUILDER, building.publish, answer=building.ReleaseMade),
    Route(
        "POST",
        V1 + "/flows/{id}/rollback",
        BUILDER,
        building.rollback,
        body=building.RollbackBody,
        answer=building.ReleaseMade,
    ),
    Route("POST", V1 + "/flows/{id}/preview", BUILDER, building.preview, body=Trial, answer=building.Previewed),
    Route("GET", V1 + "/node-types", BUILDER, building.node_types, answer=building.Items),
    Route("GET", V1 + "/channels", STAFF, building.list_channels, answer=Page[ChannelView]),
    Route("POST", V1 + "/channels/{id}/check", ADMIN, building.check_channel, answer=building.Health),
    Route("DELETE", V1 + "/channels/{id}", ADMIN, building.disconnect_channel, answer=Changed),
    Route("GET", V1 + "/usage", ADMIN, building.usage, query=building.UsageQuery, answer=Page[UsageRow]),
    Route("GET", V1 + "/quarantine", ADMIN, building.quarantine, answer=Page[QuarantinedEvent]),
    Route("GET", V1 + "/audit", ADMIN, building.audit, query=inbox.Listed, answer=Page[AuditEntry]),
    Route("GET", V1 + "/tenant", STAFF, people.get_tenant, answer=people.TenantDetail),
    Route("PUT", V1 + "/tenant", ADMIN, people.put_tenant, body=people.ConstantsBody, answer=people.TenantDetail),
    Route("GET", V1 + "/policies", STAFF, building.get_policies, answer=Policy),
    Route("PUT", V1 + "/policies", ADMIN, building.put_policies, body=Policy, answer=Policy),
    Route("GET", V1 + "/events", STAFF, live.stream_events),
    Route("GET", V1 + "/openapi.json", None, openapi),
)

WIDGET: tuple[Route, ...] = (
    Route("GET", "/widget.js", None, pages.widget_loader),
    Route("GET", "/widget/assets/{name}", None, pages.widget_asset),
    Route("GET", "/widget/demo/{widget_id}", None, pages.widget_demo),
    Route("GET", "/widget/v1/{widget_id}/panel", None, pages.widget_panel),
    Route(
        "POST",
        "/widget/v1/{widget_id}/sessions",
        None,
        widget.open_session,
        body=widget.SessionBody,
        answer=widget.WidgetSession,
    ),
    Route(
        "POST", "/widget/v1/messages", None, widget.post_message, body=widget.WidgetBody, answer=widget.WidgetAccepted
    ),
    Route("GET", "/widget/v1/events", None, widget_stream.stream_widget),
    Route("OPTIONS", "/widget/v1/{tail:.*}", None, widget.preflight),
)

OUTSIDE: tuple[Route, ...] = (
    Route("GET", "/webhooks/{source}", None, webhooks.handshake),
    Route("POST", "/webhooks/{source}", None, webhooks.receive),
    Route("POST", "/webhooks/{source}/data-deletion", None, webhooks.delete_data),
    Route("POST", "/webhooks/{source}/deauthorize", None, webhooks.deauthorize),
    Route("GET", "/data-deletion/{code}", None, webhooks.show_deletion),
    Route("GET", "/healthz", None, health.healthz),
    Route("GET", "/readyz", None, health.readyz),
    Route("GET", "/metrics", None, health.metrics),
    Route("GET", "/", None, pages.console),
    Route("GET", "/console/{tail:.*}", None, pages.console_file),
    Route("GET", "/sw.js", None, pages.worker),
    Route("GET", "/favicon.ico", None, pages.favicon),
)

ROUTES: tuple[Route, ...] = (*API, *WIDGET, *OUTSIDE)
