"""A database whose clock jumps: functions that every statement of a site finds before PostgreSQL's own.

Install it before the site's processes start: a connection learns where to look for functions when it opens.
"""

from bench.site import Site
from claxson.core.embedded.cluster import DATABASE

INSTALL = """
CREATE SCHEMA jumping;
CREATE TABLE jumping.clock (ahead interval NOT NULL);
INSERT INTO jumping.clock VALUES ('0');
CREATE FUNCTION jumping.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.statement_timestamp() + ahead FROM jumping.clock';
CREATE FUNCTION jumping.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.now() + ahead FROM jumping.clock';
"""
LOOK_HERE_FIRST = "ALTER DATABASE {name} SET search_path = jumping, pg_catalog, public"
JUMP = "UPDATE jumping.clock SET ahead = ahead + %(by)s::interval"
# Back: leases that had ended live again. Forward: all end at once, or the day is another.
JUMPS = ("-2 hours", "-90 seconds", "40 minutes", "1 day")


def install(site: Site) -> None:
    statements = INSTALL + LOOK_HERE_FIRST.format(name=DATABASE)
    site.query(f"from django.db import connection\nconnection.cursor().execute({statements!r})")
