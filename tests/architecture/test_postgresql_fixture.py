"""The PostgreSQL that tests get is one that can be written to, and each test has its own."""

import psycopg

from tests.postgresql import Server


def _connect(server: Server, url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.conninfo(url.partition("@/")[2].partition("?")[0]))


def test_a_database_takes_what_is_written_and_is_apart_from_the_next(
    postgresql_server: Server, postgresql_url: str
) -> None:
    other = postgresql_server.new_database()
    with _connect(postgresql_server, postgresql_url) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('é')")
        row = connection.execute("SELECT text, current_setting('server_encoding') FROM note").fetchone()
        assert row == ("é", "UTF8")
    with _connect(postgresql_server, other) as connection:
        assert connection.execute("SELECT to_regclass('note')").fetchone() == (None,)
    postgresql_server.drop_database(other)
