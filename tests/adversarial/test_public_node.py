"""The visitors' server is stolen: code, environment, disk and database account. What of 1,000 stored inquiries opens, who can sign in?

On a real PostgreSQL with deploy/postgresql/roles.sql, whatever database the suite runs on. The attacker is Mallory. She may do what the
server does: take new inquiries, and serve those whose words or open mailbox pass through it while she is there.
"""

import contextlib
import secrets as random_secrets
import subprocess
import sys
from typing import Any

import pytest
from psycopg2 import errors

from recovery_site import secrets
from tests.adversarial import stolen
from tests.adversarial.node import STORED
from tests.support.site import ROOT

pytestmark = pytest.mark.once
STAFFS = (
    "accounts_user", "accounts_user_groups", "accounts_signintries", "auth_group", "auth_permission", "django_admin_log",
    "django_session", "accounts_session", "mfa_authenticator",
    "intake_blockedcontact", "intake_exportrecord", "intake_legalhold", "intake_link", "intake_membership",
    "intake_oncallshift", "intake_presence", "intake_recusal", "intake_signedhead",
    "intake_replytemplate", "intake_shiftnote", "intake_team_members", "intake_watch", "intake_webhookendpoint", "articles_comment",
    "articles_unsavedtext", "danger_proposedsentence",
)  # fmt: skip
# Rows of inquiries, each of which Mallory may read of an inquiry whose words she has.
OF_INQUIRIES = (
    "intake_alarm", "intake_alarmlink", "intake_consent", "intake_consentrequest", "intake_disclosure", "intake_disclosureconsent",
    "intake_draft", "intake_event", "intake_inquiry", "intake_mailboxsession", "intake_message", "intake_receipt",
    "intake_referral",
    "intake_referrallink", "intake_referralstep",
)  # fmt: skip
GUESSES = ",".join(random_secrets.token_hex(32) for _guess in range(200))


def tokens(cursor: Any, text: str) -> None:
    cursor.execute("SELECT set_config('recovery.tokens', %s, false)", [text])


def attempt(cursor: Any, sql: str) -> int:
    """Return how many rows `sql` reads or changes; 0 when the database refuses it."""
    try:
        cursor.execute(sql)
    except (errors.InsufficientPrivilege, errors.WithCheckOptionViolation):
        return 0
    return len(cursor.fetchall()) if cursor.description else cursor.rowcount


# --- The lines of the finding, and their like ---


@pytest.mark.parametrize("name", [name for name in stolen.ATTACKS if name != "every_inquiry"])
def test_with_the_code_of_the_server_mallory_makes_no_session_no_account_no_membership_and_no_key(public_node, name):
    done = public_node.run("tests.adversarial.stolen", name)
    assert done.stdout.startswith("denied:"), done.stdout + done.stderr[-2000:]


def test_with_the_code_of_the_server_mallory_sees_none_of_the_inquiries(public_node):
    assert public_node.run("tests.adversarial.stolen", "every_inquiry").stdout == "inquiries 0\n"


def test_no_file_and_no_variable_of_the_server_is_a_key_of_the_staffs(public_node):
    names = {path.name for path in public_node.folder.rglob("*") if path.is_file()}
    assert names == set(secrets.PUBLIC_SECRETS)
    assert not {name.upper() for name in secrets.STAFF_SECRETS} & set(public_node.environment)


def test_mallory_does_not_become_another_account(public_node):
    with public_node.account() as cursor:
        for sql in (
            "SET ROLE recovery_staff", "SET ROLE recovery", "SET SESSION AUTHORIZATION recovery_staff",
            "SET SESSION AUTHORIZATION recovery",
            "GRANT recovery_staff TO recovery_public", "ALTER ROLE recovery_public SUPERUSER",
            "ALTER ROLE recovery_public BYPASSRLS",
            "CREATE ROLE mallory SUPERUSER LOGIN", "ALTER ROLE recovery_staff PASSWORD 'mine'",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)


# --- Reading ---


@pytest.mark.parametrize("table", STAFFS)
def test_mallory_reads_nothing_of_the_staffs(public_node, table):
    with public_node.account() as cursor:
        for sql in (f"SELECT * FROM {table}", f"SELECT count(*) FROM {table}", f"COPY {table} TO STDOUT", f"TABLE {table}"):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)
        for change in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(change)


def test_none_of_a_thousand_inquiries_opens_and_nothing_of_them_is_read(public_node):
    read = {}
    with public_node.account() as cursor:
        for guesses in ("", GUESSES, "'; RESET ROLE; --", "00" * 32, "%", "ff" * 32 + "," + "00" * 32):
            tokens(cursor, guesses)
            for table in OF_INQUIRIES:
                read[table] = read.get(table, 0) + attempt(cursor, f"SELECT * FROM {table}")
            for table in ("intake_keywrap", "intake_internalnote", "intake_staffdraft", "intake_prescreen", "intake_contactdigest"):
                read[table] = read.get(table, 0) + attempt(cursor, f"SELECT * FROM {table}")
                read[table] += attempt(cursor, f"SELECT inquiry_id FROM {table}")
            read["notification"] = attempt(cursor, "SELECT id, inquiry_id, kind FROM intake_notification")
            read["drafts of guides"] = attempt(cursor, "SELECT * FROM articles_guide WHERE live_edition_id IS NULL")
    assert {name for name, rows in read.items() if rows} == set()
    with public_node.account("recovery_staff") as cursor:
        assert attempt(cursor, "SELECT * FROM intake_inquiry") == STORED + 1  # they are there, for the staff


def test_mallory_learns_nothing_of_them_by_what_the_database_lets_slip(public_node):
    with public_node.account() as cursor:
        # The first is a condition that fails on a row, and so shows that one is there.
        for leak in (
            "SELECT * FROM intake_inquiry WHERE 1 / (length(sealed) - length(sealed)) = 1",
            "SELECT most_common_vals FROM pg_stats WHERE tablename IN ('intake_inquiry', 'intake_receipt', 'accounts_user')",
            "SELECT query FROM pg_stat_activity WHERE usename <> 'recovery_public' AND query NOT LIKE '<insuff%' AND query <> ''",
            "SELECT rolpassword FROM pg_authid", "SELECT passwd FROM pg_shadow", "SELECT * FROM pg_statistic",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_ls_dir('/')", "COPY (SELECT 1) TO PROGRAM 'id'", "COPY (SELECT 1) TO '/tmp/mallory'",
            "SELECT lo_import('/etc/passwd')",
            "SELECT setconfig FROM pg_db_role_setting", "SELECT umoptions FROM pg_user_mappings WHERE umoptions IS NOT NULL",
        ):  # fmt: skip
            assert attempt(cursor, leak) == 0, leak
        cursor.execute("SET row_security = off")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("SELECT * FROM intake_inquiry")


# --- Changing ---


def test_mallory_changes_and_deletes_nothing_that_is_stored(public_node):
    with public_node.account() as cursor:
        tokens(cursor, GUESSES)
        changed = {
            sql: attempt(cursor, sql)
            for sql in (
                "UPDATE intake_centrekey SET public_key = 'mine'", "DELETE FROM intake_centrekey",
                "INSERT INTO intake_centrekey (centre_id, public_key, created_at) SELECT id, 'mine', now() FROM intake_centre",
                "UPDATE intake_centre SET notify_address = 'mallory@example.org'",
                "UPDATE intake_routingrule SET is_active = false",
                "UPDATE intake_event SET kind = 'opened'", "DELETE FROM intake_event", "UPDATE intake_inquiry SET sealed = ''",
                "UPDATE intake_inquiry SET centre_id = 2", "UPDATE intake_inquiry SET submission = NULL",
                "DELETE FROM intake_inquiry",
                "UPDATE intake_receipt SET lookup = ''", "UPDATE intake_receipt SET inquiry_id = inquiry_id",
                "DELETE FROM intake_receipt",
                "UPDATE intake_mailboxsession SET inquiry_id = inquiry_id", "UPDATE intake_message SET read_at = NULL",
                "DELETE FROM intake_message", "DELETE FROM intake_keywrap", "DELETE FROM intake_internalnote",
                "DELETE FROM intake_staffdraft",
                "DELETE FROM intake_notification", "UPDATE articles_edition SET html = 'mine'",
                "UPDATE articles_guide SET live_edition_id = NULL",
                "UPDATE articles_supplyalert SET texts = '{}'", "DELETE FROM django_content_type", "DELETE FROM django_migrations",
            )
        }  # fmt: skip
    assert {sql: rows for sql, rows in changed.items() if rows} == {}


def test_mallory_gives_herself_no_way_into_an_inquiry_whose_number_she_knows(public_node):
    """She may have seen the numbers in an older log or backup: they are no secret."""
    with public_node.account("recovery_staff") as cursor:
        cursor.execute(
            "SELECT id, (SELECT id FROM accounts_user LIMIT 1), (SELECT id FROM intake_event LIMIT 1) FROM intake_inquiry LIMIT 1"
        )
        inquiry, lead, _event = cursor.fetchone()
    own = random_secrets.token_bytes(32)
    with public_node.account() as cursor:
        tokens(cursor, own.hex())
        value = f"'\\x{own.hex()}'"
        for sql in (
            f"INSERT INTO intake_receipt (inquiry_id, lookup, wrapped, must_renew) VALUES ('{inquiry}', {value}, '', false)",
            f"INSERT INTO intake_mailboxsession (token_hash, inquiry_id, wrapped, expires_at) VALUES ({value}, '{inquiry}', '', now())",
            f"INSERT INTO intake_keywrap (inquiry_id, wrapped) VALUES ('{inquiry}', '')",
            "INSERT INTO intake_message (id, inquiry_id, sender, sent_at, sealed) "
            f"VALUES (gen_random_uuid(), '{inquiry}', 'staff', now(), '')",
            f"INSERT INTO intake_event (inquiry_id, kind, at, data) VALUES ('{inquiry}', 'visitor_wrote', now(), '{{}}')",
            f"INSERT INTO intake_event (kind, actor_id, at, data) VALUES ('opened', {lead}, now(), '{{}}')",
            "INSERT INTO intake_notification (id, inquiry_id, kind, channel, priority, state, attempts, next_attempt_at, last_error) "
            f"VALUES (gen_random_uuid(), '{inquiry}', 'new_inquiry', 'all', 1, 'pending', 0, now(), '')",
            "INSERT INTO intake_alarm (inquiry_id, opened_at, cries, rings, next_ring_at, via) "
            f"VALUES ('{inquiry}', now(), 1, 0, now(), '')",
            f"INSERT INTO intake_alarmlink (token_hash, alarm_id, user_id, expires_at) VALUES ({value}, 1, {lead}, now())",
            "INSERT INTO django_session VALUES ('mine', '', now() + interval '1 day')",
            f"INSERT INTO intake_membership (user_id, centre_id, role) VALUES ({lead}, 1, 'lead')",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)
        assert attempt(cursor, "SELECT * FROM intake_inquiry") == 0


# --- The functions, and what they could be made to do ---


def test_every_function_that_mallory_may_call_answers_without_a_row(public_node):
    with public_node.account() as cursor:
        cursor.execute("SELECT proname, pg_get_function_identity_arguments(oid) FROM pg_proc WHERE pronamespace = 'visitors'::regnamespace")
        functions = dict(cursor.fetchall())
        assert set(functions) == {
            "tokens", "inquiries", "drafts_of_guides", "clock", "staffed_centres", "reaches_somebody", "is_full", "person_is_there",
            "alarm_link_counts", "names", "is_held", "newest_link",
        }  # fmt: skip
        for guesses in ("", GUESSES):
            tokens(cursor, guesses)
            cursor.execute("SELECT bool_or(visitors.is_held(gen_random_uuid())) FROM generate_series(1, 50)")
            assert cursor.fetchone() == (False,)
            cursor.execute("SELECT visitors.inquiries(), visitors.drafts_of_guides(), visitors.alarm_link_counts()")
            assert cursor.fetchone() == ("{}", [], False)
            assert attempt(cursor, "SELECT * FROM visitors.names()") == 0
        # What is left: whether a centre is staffed, reached or full. Yes or no, and never who.
        cursor.execute("SELECT * FROM visitors.staffed_centres(true)")
        assert [type(value) for value in cursor.fetchone()] == [int]


def test_no_table_and_no_operator_of_mallorys_gets_between_a_function_and_its_tables(public_node):
    with public_node.account() as cursor:
        for sql in (
            "CREATE TEMP TABLE intake_receipt (inquiry_id uuid, lookup bytea)", "CREATE TABLE public.mine (a int)",
            "CREATE SCHEMA mine",
            "CREATE FUNCTION public.coalesce_mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TABLE visitors.mine (a int)",
            "CREATE OR REPLACE FUNCTION visitors.tokens() RETURNS bytea[] LANGUAGE sql AS 'SELECT array_agg(lookup) FROM intake_receipt'",
            "CREATE VIEW public.all_inquiries AS SELECT * FROM intake_inquiry", "DROP POLICY recovery_visitor ON intake_inquiry",
            "CREATE POLICY mine ON intake_inquiry USING (true)", "ALTER TABLE intake_inquiry DISABLE ROW LEVEL SECURITY",
            "CREATE TRIGGER mine BEFORE INSERT ON intake_inquiry FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "CREATE EXTENSION dblink", "CREATE EXTENSION file_fdw", "DO LANGUAGE plpython3u 'pass'",
        ):  # fmt: skip
            with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedObject, errors.FeatureNotSupported)):
                cursor.execute(sql)
        cursor.execute("SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'visitors'::regnamespace")
        assert {tuple(config or ()) for _name, config in cursor.fetchall()} == {("search_path=pg_catalog, pg_temp",)}


def test_a_table_that_is_new_is_closed_to_mallory_and_open_to_the_staff(public_node):
    with contextlib.closing(public_node.cluster.connect(public_node.database)) as owner, owner.cursor() as cursor:
        cursor.execute("SET ROLE recovery_owner; CREATE TABLE of_tomorrow (secret text); INSERT INTO of_tomorrow VALUES ('a word')")
    with public_node.account() as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute("SELECT * FROM of_tomorrow")
    with public_node.account("recovery_staff") as cursor:
        assert attempt(cursor, "SELECT * FROM of_tomorrow") == 1


def test_the_staffs_account_adds_to_the_record_and_never_changes_it(public_node):
    with public_node.account("recovery_staff") as cursor:
        for sql in (
            "UPDATE intake_event SET kind = 'opened'",
            "DELETE FROM intake_event",
            "TRUNCATE intake_event",
            "DROP TABLE intake_event",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)


# --- What the server can do because it must ---


def test_words_open_the_one_inquiry_that_they_belong_to_and_the_rights_end_there(public_node):
    """Rosa still has her words, and types them while Mallory listens: that is one inquiry of 1,001, and no more."""
    code = (
        "import sys, django; django.setup(); from intake.crypto import receipts; "
        "print(receipts.derive(tuple(sys.argv[1].split()))[0].hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, public_node.words], cwd=ROOT, env=public_node.environment, capture_output=True, text=True, check=True
    )
    with public_node.account() as cursor:
        tokens(cursor, f"{done.stdout.strip()},{GUESSES}")
        assert attempt(cursor, "SELECT * FROM intake_inquiry") == 1
        assert attempt(cursor, "SELECT * FROM intake_receipt") == 1
        # Even of this one the wraps of the staff, and the record, stay as they are.
        for sql in (
            "SELECT wrapped FROM intake_keywrap", "DELETE FROM intake_event", "UPDATE intake_event SET at = now()",
            "UPDATE intake_inquiry SET centre_id = 1", "UPDATE intake_inquiry SET reference = 'MINE'",
            "UPDATE intake_message SET sealed = ''",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)
        opened = "INSERT INTO intake_event (inquiry_id, kind, at, data{}) SELECT id, {}, now(), '{{}}'{} FROM intake_inquiry"
        for sql in (opened.format("", "'opened'", ""), opened.format(", actor_id", "'visitor_wrote'", ", 1")):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(sql)
