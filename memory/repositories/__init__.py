"""Tenant-scoped storage, one file per noun. Decisions are made in ``desk/`` and ``agent/``; here they are kept."""
