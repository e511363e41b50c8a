"""What `manage.py keys` asks of a person at a terminal, and shows to them only."""

import getpass
import secrets
import sys
from io import TextIOBase
from pathlib import Path

from intake.crypto.key_files import KeyringError
from intake.keys import recovery

# Clears the screen and what can be scrolled back to.
CLEAR = "\033[H\033[2J\033[3J"
WORDS_ASKED = 3


def passphrase(prompt: str) -> str:
    """Return a passphrase, typed without being shown; or the next line of the input where no person types."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ")
    return sys.stdin.readline().rstrip("\n")


def new_passphrase() -> str:
    """Return a passphrase that was typed twice. Raises KeyringError."""
    first = passphrase("New passphrase")
    if sys.stdin.isatty() and passphrase("The same again") != first:
        raise KeyringError("The two passphrases differ. Nothing was changed.")
    return first


def hand_out(shares: list[str], out: TextIOBase) -> None:
    """Show each share alone, until some of its words were typed back. Raises KeyringError where the output is kept."""
    if not (out.isatty() and sys.stdin.isatty()):
        raise KeyringError("The shares are shown on a terminal only, so that they are written to no file. Run this by hand.")
    for number, share in enumerate(shares, 1):
        words = share.split()
        while True:
            out.write(f"{CLEAR}Share {number} of {len(shares)}. Write all {len(words)} words on paper, with their numbers.\n\n")
            out.writelines(f"{place:3}. {word}\n" for place, word in enumerate(words, 1))
            out.write("\n")
            out.flush()
            input("Press Enter when they are written down. The screen is then cleared. ")
            out.write(CLEAR)
            if _typed_back(words, out):
                break
            input("That isn't it. Press Enter to see the share again. ")
    out.write(CLEAR)


def _typed_back(words: list[str], out: TextIOBase) -> bool:
    places = sorted(secrets.SystemRandom().sample(range(len(words)), WORDS_ASKED))
    out.write("From the paper:\n")
    return all(input(f"word {place + 1}: ").strip().lower() == words[place] for place in places)


def private_recovery_key(key_file: str, out: TextIOBase) -> bytes:
    """Return the private recovery key from a file with 96 bytes in base64, or from shares that are typed. Raises KeyringError."""
    if key_file:
        return recovery.read_key_file(Path(key_file))
    shares: list[str] = []
    needed = 1
    while len(shares) < needed:
        of = f" of {needed}" if shares else ""
        try:
            share = recovery.read_share(_line(f"Share {len(shares) + 1}{of}, all words in one line: "))
        except EOFError:
            raise KeyringError("That were too few shares.") from None
        except KeyringError as error:
            out.write(f"{error} Type it again.\n")
            continue
        if share in shares:
            out.write("That share was typed already.\n")
            continue
        shares.append(share)
        needed = recovery.needed(share)
    if out.isatty():
        out.write(CLEAR)
    return recovery.private_key(recovery.combine(shares))


def _line(prompt: str) -> str:
    if sys.stdin.isatty():
        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def confirm(question: str, answer: str, out: TextIOBase) -> None:
    """Raise KeyringError unless the person types `answer`."""
    out.write(f"{question}\n")
    if _line(f"Type {answer} to go on: ").strip() != answer:
        raise KeyringError("Nothing was changed.")
