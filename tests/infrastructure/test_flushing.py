"""Before the tables are emptied after a test in a browser, the requests that it left behind come to their end."""

import os
import threading

import pytest

from tests.support.flushing import UnderWay

pytestmark = pytest.mark.once


def test_it_waits_for_a_request_of_another_thread():
    under_way = UnderWay()
    asked, answer, emptied = threading.Event(), threading.Event(), threading.Event()

    def request():
        under_way.started()
        asked.set()
        answer.wait()
        under_way.finished()

    def empty():
        under_way.wait_for_none()
        emptied.set()

    threads = [threading.Thread(target=request), threading.Thread(target=empty)]
    threads[0].start()
    asked.wait()
    threads[1].start()
    assert not emptied.is_set()
    answer.set()
    for thread in threads:
        thread.join()
    assert emptied.is_set()


def test_the_test_clients_own_requests_do_not_count():
    under_way = UnderWay()
    under_way.started()
    under_way.wait_for_none()


def test_requests_have_their_turns():
    under_way, inside, seen = UnderWay(), [], set()

    def visitor(number):
        for _request in range(50):
            under_way.started()
            inside.append(number)
            os.sched_yield()
            seen.add(tuple(inside))
            inside.remove(number)
            under_way.finished()

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {(0,), (1,), (2,), (3,)}
    under_way.wait_for_none()
