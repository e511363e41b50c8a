"""Numbers in sorted runs: whatever their form, they answer as one sorted list would."""

import random

import pytest

from intake.reporting.runs import FEW, Runs


def filled(numbers, code="I"):
    runs = Runs(code)
    for number in numbers:
        runs.add(number)
    return runs


@pytest.mark.parametrize("largest", [1, 50, 100_000])
@pytest.mark.parametrize("lengths", [[1], [0, 3, 0, 1], [5] * 30, [FEW * 3] * 7, [2, FEW * 20, 0, 1]])
def test_they_answer_as_one_sorted_list(lengths, largest):
    chance = random.Random(len(lengths) + largest)
    joined, loose = Runs(), [chance.randrange(largest + 1) for _number in range(3)]
    numbers = list(loose)
    for length in lengths:
        some = [chance.randrange(largest + 1) for _number in range(length)]
        joined.take(filled(some).packed())
        numbers += some
    for number in loose:
        joined.add(number)
    numbers.sort()
    assert len(joined) == len(numbers)
    for limit in (0, largest // 2, largest):
        assert joined.up_to(limit) == sum(number <= limit for number in numbers)
    places = sorted({0, (len(numbers) - 1) // 2, len(numbers) // 2, int(len(numbers) * 0.9), len(numbers) - 1})
    assert joined.at(*places) == [numbers[place] for place in places]
    again = Runs()
    again.take(joined.packed())
    assert again.at(*range(len(numbers))) == numbers


def test_nothing_packed_is_nothing():
    assert Runs().packed() == b""
    assert len(filled([])) == filled([]).up_to(5) == 0


def test_bytes_are_the_same_on_any_machine():
    assert filled([258, 1]).packed() == bytes([1, 0, 0, 0, 2, 1, 0, 0])
    assert filled([2**40], "q").packed() == (2**40).to_bytes(8, "little")
