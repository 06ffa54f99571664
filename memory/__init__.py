"""Everything that remembers. The only package that imports sqlalchemy and redis.

Tables and migrations, the two databases behind one transaction type, sealing, tenant-scoped repositories, the
``Directory`` of unscoped reads, and the checkpoint saver.
"""
