"""The lint rule that keeps private words out of logs."""

import pytest

from script.checks.leaks import leaks

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "line",
    [
        "logger.info('sent %s', inquiry.sealed)",
        "logger.warning(f'bad form {form.cleaned_data}')",
        "logging.getLogger('intake').error('%s', request.POST)",
        "self.logger.debug('asked for %s', request.path)",
        "logger.info('%s', self.request.META['REMOTE_ADDR'])",
        "logger.info('%s', payload['name'])",
        "logger.info('received', extra={'from': payload.get('phone')})",
        "print(case_key)",
        "self.stdout.write(str(payload))",
        "raise ValueError(f'cannot read {payload}')",
        "try:\n    send()\nexcept OSError as error:\n    logger.warning('not sent: %s', error)",
        "try:\n    send()\nexcept OSError as error:\n    logger.warning(f'not sent: {error!r}')",
    ],
)
def test_a_private_thing_in_a_log_line_is_found(line):
    assert list(leaks(line))


@pytest.mark.parametrize(
    "line",
    [
        "logger.info('delivered %s', delivery.pk)",
        "logger.info('%d bytes', len(inquiry.sealed))",
        "store(inquiry.sealed, request.POST)",
        "logger.error('no such page', exc_info=error)",
        "print(path)",
        "raise SealBroken(inquiry_id)",
        "try:\n    send()\nexcept OSError as error:\n    logger.warning('not sent: %s', type(error).__name__)",
        "try:\n    read()\nexcept OSError as error:\n    raise CommandError(str(error)) from error",
    ],
)
def test_what_tells_nothing_of_a_person_is_left_alone(line):
    assert list(leaks(line)) == []
