"""A seeded tenant to try Frontdesk with: a dental clinic that does not exist."""
