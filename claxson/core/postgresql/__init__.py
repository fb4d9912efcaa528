"""Database engine: Django's PostgreSQL on the embedded cluster."""
