#!/usr/bin/env python
"""Run Django's management commands for the Recovery Site."""

import logging
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery_site.settings")
    if sys.argv[1:2] == ["restore"]:
        # On a new machine the settings can't be read yet: they need the secrets that this command brings.
        from backups.management.commands import restore

        sys.exit(restore.main(sys.argv[2:]))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from recovery_site.secrets import MissingSecret

    try:
        if sys.argv[1:2] and not {"-h", "--help"} & set(sys.argv):
            refuse_another_schema(sys.argv[1])
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, MissingSecret) as error:
        # One sentence that says the mend, instead of sixty lines of which it is the last.
        sys.exit(f"{error}")
    except Exception:
        # A traceback shows the exception's message, which may quote what somebody typed: only to who sits at the terminal.
        if sys.stderr.isatty():
            raise
        logging.getLogger("manage").critical("It ended by an error", exc_info=True)
        sys.exit(1)


def refuse_another_schema(command: str) -> None:
    """Let no process that goes on for long begin with a database of another release."""
    import django

    from recovery_site.schema import COMMANDS

    if command in COMMANDS:
        django.setup()
        from recovery_site.schema import starting

        starting.refuse_another_schema()


if __name__ == "__main__":
    main()
