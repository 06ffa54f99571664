"""The statements of the index. Whoever changes it holds the tenant's row in ``search_states``."""

import sqlalchemy as sa

from memory.query import Query, among, bool_eq, insert_into, mine
from memory.tables import (
    contacts,
    conversations,
    events,
    identity_keys,
    messages,
    search_docs,
    search_postings,
    search_states,
    search_words,
    tenant_counters,
)

s, d, p, w = search_states, search_docs, search_postings, search_words
m, c, k = messages, conversations, identity_keys
_N = sa.bindparam("n", type_=sa.Integer)
_kind = bool_eq(d.c.kind, sa.bindparam("kind"))

STATE = Query(sa.select(s).where(mine(s)))
START = Query(insert_into(s).on_conflict_do_nothing(), columns=("tenant_id", "event_no"))
MOVE = Query(
    s.update()
    .where(mine(s), bool_eq(s.c.version, sa.bindparam("seen")))
    .values(
        event_no=sa.bindparam("to_event"),
        talks=sa.bindparam("to_talks"),
        people=sa.bindparam("to_people"),
        filled_ms=sa.bindparam("to_filled_ms", type_=sa.BigInteger),
        filled_to=sa.bindparam("to_filled", type_=s.c.filled_to.type),
        filled=sa.bindparam("is_filled"),
        version=s.c.version + 1,
    )
)
LOCK = Query(s.update().where(mine(s)).values(version=s.c.version + 1))
BEHIND = Query(
    sa.select(tenant_counters.c.tenant_id)
    .outerjoin(s, bool_eq(s.c.tenant_id, tenant_counters.c.tenant_id))
    .where(
        among(tenant_counters.c.tenant_id, "tenants"),
        sa.or_(s.c.tenant_id.is_(None), s.c.filled == 0, s.c.event_no < tenant_counters.c.event_no),
    ),
    scope="mixed",
)

_PLACE = sa.tuple_(sa.bindparam("at_ms", type_=sa.BigInteger), sa.bindparam("at_id", type_=c.c.id.type))
TALKS_FROM = Query(
    sa.select(c.c.id, c.c.contact_id, c.c.recent_ms)
    .where(mine(c), sa.tuple_(c.c.recent_ms, c.c.id) > _PLACE)
    .order_by(c.c.recent_ms, c.c.id)
    .limit(_N)
)
EVENTS_FROM = Query(
    sa.select(events.c.no, events.c.kind, events.c.conversation_id, events.c.entity_id)
    .where(mine(events), events.c.no > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(events.c.no)
    .limit(_N)
)
CONTACTS_OF = Query(sa.select(c.c.contact_id).where(mine(c), among(c.c.id, "talks")))
EDITED = Query(sa.select(m.c.conversation_id, m.c.no).where(mine(m), among(m.c.id, "ids"), m.c.edited_ms.is_not(None)))
_said = sa.select(m.c.id, m.c.no, m.c.conversation_id, m.c.author, m.c.body, m.c.created_ms, m.c.event_ms).where(
    mine(m), bool_eq(m.c.conversation_id, sa.bindparam("talk", type_=m.c.conversation_id.type))
)
SAID_AFTER = Query(_said.where(m.c.no > sa.bindparam("after", type_=sa.BigInteger)).order_by(m.c.no).limit(_N))
SAID_WITHIN = Query(
    _said.where(
        m.c.no >= sa.bindparam("first", type_=sa.BigInteger), m.c.no <= sa.bindparam("last", type_=sa.BigInteger)
    ).order_by(m.c.no)
)
PEOPLE = Query(
    sa.select(contacts.c.id, contacts.c.name, contacts.c.merged_into, contacts.c.created_ms).where(
        mine(contacts), among(contacts.c.id, "people")
    )
)
TALKS_OF = Query(sa.select(c.c.id, c.c.contact_id).where(mine(c), among(c.c.contact_id, "people")))
NUMBERS = Query(
    sa.select(k.c.conversation_id, k.c.account_id, k.c.kind, k.c.key_hash, k.c.value).where(
        mine(k), among(k.c.conversation_id, "talks"), bool_eq(k.c.kind, "wa_id")
    )
)

_of = bool_eq(d.c.of_id, sa.bindparam("of", type_=d.c.of_id.type))
LAST_DOC = Query(sa.select(d).where(mine(d), _kind, _of).order_by(d.c.last_no.desc()).limit(1))
DOC_AROUND = Query(
    sa.select(d)
    .where(mine(d), _kind, _of, d.c.last_no >= sa.bindparam("no", type_=sa.BigInteger))
    .order_by(d.c.last_no)
    .limit(1)
)
DOCS_OF = Query(sa.select(d).where(mine(d), _kind, among(d.c.of_id, "whom")))
DOCS = Query(sa.select(d).where(mine(d), _kind, among(d.c.no, "numbers")))
PUT_DOC = Query(
    (_doc := insert_into(d)).on_conflict_do_update(
        index_elements=[d.c.tenant_id, d.c.kind, d.c.no],
        set_={name: _doc.excluded[name] for name in ("last_no", "tokens")},
    )
)
DROP_DOCS = Query(d.delete().where(mine(d), _kind, among(d.c.no, "numbers")))

POSTINGS = Query(
    sa.select(p.c.token, p.c.part, p.c.docs).where(
        mine(p),
        among(p.c.token, "tokens"),
        p.c.part >= sa.bindparam("from_part", type_=sa.Integer),
        p.c.part <= sa.bindparam("to_part", type_=sa.Integer),
    )
)
PUT_POSTING = Query(
    (_posting := insert_into(p)).on_conflict_do_update(
        index_elements=[p.c.tenant_id, p.c.token, p.c.part], set_={"docs": _posting.excluded.docs}
    )
)
DROP_POSTING = Query(
    p.delete().where(
        mine(p),
        bool_eq(p.c.token, sa.bindparam("of_token", type_=sa.Integer)),
        bool_eq(p.c.part, sa.bindparam("of_part", type_=sa.Integer)),
    )
)

KNOWN = Query(sa.select(w.c.token).where(mine(w), among(w.c.token, "tokens")))
ADD_WORD = Query(insert_into(w).on_conflict_do_nothing())
DROP_WORDS = Query(
    w.delete().where(
        mine(w),
        among(w.c.token, "tokens"),
        ~sa.exists().where(mine(p), bool_eq(p.c.token, w.c.token)),
    )
)
WORDS = Query(sa.select(w.c.token, w.c.stem, w.c.word).where(mine(w), among(w.c.stem, "stems")))
