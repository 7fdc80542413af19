"""Django's engine for PostgreSQL, with connections that stay (docs/adr/0015-a-thread-keeps-its-connection.md)."""
