"""The query plans of staff pages: no list and no look-up scans a whole table, on either database."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import triage
from intake.admin.cases import case_page
from intake.cases import blind_index, ticked
from intake.cases.permissions import visible_inquiries
from intake.disclosure.referrals import offered_to
from intake.models import RetentionRule, Watch
from intake.notifications import escalation
from intake.queue import next_case, queue, shift_handover
from intake.reporting import reports
from intake.reporting.counting import last_days
from intake.retention import policy
from intake.triage import related, stalled

pytestmark = pytest.mark.django_db
# The number of distinct values in columns with few of them.
FEW_VALUES = {"centre_id": 20, "queue_rank": 7, "claimed_by_id": 60, "actor_id": 60, "centre_key_id": 20, "merged_into_id": 1}
BIG_TABLES = ("intake_inquiry", "intake_event", "intake_message", "intake_contactdigest", "intake_keywrap")


def plans(run):
    """Return (SQL, plan) of each query of `run` that reads a big table."""
    with CaptureQueriesContext(connection) as captured:
        run()
    captured_plans = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with three rows is always read whole and sorted: ask for the plan of one where that would be dear.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for query in captured.captured_queries:
            if any(table in query["sql"] for table in BIG_TABLES) and query["sql"].startswith("SELECT"):
                cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query["sql"].replace("%", "%%"))
                captured_plans.append((query["sql"], "\n".join(str(row[-1]) for row in cursor.fetchall())))
    return captured_plans


@pytest.fixture
def as_over_a_million(db):
    """Give SQLite the statistics of a million inquiries in 20 centres, with which it plans differently than for three rows."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("DELETE FROM sqlite_stat1")
        for table in BIG_TABLES:
            cursor.execute(f"PRAGMA index_list({table})")
            for _number, index, _unique, _origin, partial in cursor.fetchall():
                rows = 30_000 if partial else 1_000_000
                cursor.execute(f"PRAGMA index_info({index})")
                alike, statistics = rows, [rows]
                for _place, _column, name in cursor.fetchall():
                    alike = max(1, alike // FEW_VALUES.get(name, rows))
                    statistics.append(alike)
                cursor.execute("INSERT INTO sqlite_stat1 VALUES (%s, %s, %s)", [table, index, " ".join(map(str, statistics))])
        cursor.execute("ANALYZE sqlite_schema")


def whole_tables(plan):
    """Return the lines of a plan that scan a big table, a full index of it, or all cases of a centre (but for those open or held)."""
    on_postgresql = rf"Seq Scan on ({'|'.join(BIG_TABLES)})"
    # Django's aliases in subqueries are U0, U1 …; scanning a partial index of pending rows is fine.
    pending = "inquiry_not_digested|contact_without_ending|inquiry_to_escalate|inquiry_open|inquiry_held"
    on_sqlite = rf"SCAN (U\d+|{'|'.join(BIG_TABLES)})\b(?!.*({pending}))"
    of_a_centre = r"SEARCH \w+ USING (COVERING )?INDEX (?!inquiry_open|inquiry_held)\w+ \(centre_id=\?\)$"
    return [line for line in plan.splitlines() if re.search(f"{on_postgresql}|{on_sqlite}|{of_a_centre}", line)]


def _view(slug):
    return lambda user, case: queue.page(user, queue.VIEWS[slug])


def _rule(case):
    return RetentionRule(centre=case.centre, outcome="spam", days=30)


WORK = {
    **{f"the view {slug}": _view(slug) for slug in queue.VIEWS},
    "a filter": lambda user, case: queue.page(user, filters={"language": "es", "priority": "1"}),
    "the next page": lambda user, case: queue.page(user, after=queue.Place(2, timezone.now(), case.pk)),
    "the counts": lambda user, case: queue.counts(user),
    "a reference": lambda user, case: visible_inquiries(user).filter(reference=case.reference).first(),
    "a phone number": lambda user, case: list(visible_inquiries(user).filter(pk__in=blind_index.found_by("2125550143").values("inquiry"))),
    "the end of a phone number": lambda user, case: list(
        visible_inquiries(user).filter(pk__in=blind_index.found_by("0143").values("inquiry"))
    ),
    "what rows are about": lambda user, case: ticked.about([case], user),
    "the next case": lambda user, case: next_case.after(case, user, timezone.now()),
    "the same person": lambda user, case: list(related(case, user)),
    "the round of the index": lambda user, case: blind_index.run(timezone.now()),
    "who to escalate": lambda user, case: escalation.escalate(timezone.now()),
    "what stalled": lambda user, case: stalled.give_back(timezone.now()),
    "opening a case": lambda user, case: case_page.context(triage.open_case(case, by=user, with_contact=False), user, timezone.now()),
    "cases merged into one": lambda user, case: list(visible_inquiries(user).filter(merged_into=case)),
    "the dashboard": lambda user, case: reports.report([case.centre], last_days(30, timezone.now().date()), timezone.now()),
    "the board": lambda user, case: shift_handover.board(user, timezone.now()),
    "what is to be erased": lambda user, case: list(policy.due(RetentionRule(centre=case.centre, outcome="spam", days=30), timezone.now())),
    "offers": lambda user, case: list(offered_to(user)),
}


@pytest.mark.parametrize("what", WORK)
def test_each_list_and_look_up_uses_an_index(what, arrives, amara, as_over_a_million):
    cases = [arrives() for _case in range(3)]
    Watch.objects.create(user=amara, inquiry=cases[0], since=timezone.now())
    query_plans = plans(lambda: WORK[what](amara, cases[0]))
    assert query_plans or what == "offers"
    for sql, plan in query_plans:
        assert not whole_tables(plan), f"{plan}\n{sql}"


def test_the_queue_is_read_in_index_order_without_sorting(arrives, amara, as_over_a_million):
    arrives()
    [(_sql, plan), *_rest] = plans(lambda: queue.page(amara))
    # Those in danger, which are few, come by either index of a centre's part and are then sorted. PostgreSQL, which plans
    # for the rows it last counted, takes any index of a table this small: that it takes one is asked above.
    assert connection.vendor == "postgresql" or "inquiry_queue" in plan or "inquiry_open" in plan
    assert not whole_tables(plan)
