"""The people who work at the clinic. The passwords are no secret: the demo listens on this machine only."""

from core.nouns import Role
from desk.people import NewStaff

SIGN_IN = ("owner@ada-dis.example", "ada-dis-demo")
"""E-mail address and password of the owner."""
STAFF = (
    NewStaff(email=SIGN_IN[0], role=Role.OWNER, name="Nehir Yaylalı", password=SIGN_IN[1]),
    NewStaff(email="danisma@ada-dis.example", role=Role.STAFF, name="Burcu Seçkin", password=SIGN_IN[1]),
    NewStaff(email="satis@ada-dis.example", role=Role.STAFF, name="Kerem Ulusoy", password=SIGN_IN[1]),
)
