"""E-mail addresses as people paste and mistype them."""

import difflib
import re
import unicodedata

# Where most people have their mail. Only what resembles one of these is asked about, and nothing is refused for it.
COMMON = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "live.com",
    "msn.com",
    "aol.com",
    "comcast.net",
    "verizon.net",
    "sbcglobal.net",
    "protonmail.com",
    "proton.me",
    "yahoo.es",
    "hotmail.es",
    "outlook.es",
    "yahoo.com.mx",
)
# They resemble one of the above and are as real.
ALSO_REAL = {
    "mail.com",
    "email.com",
    "ymail.com",
    "gmx.com",
    "rocketmail.com",
    "googlemail.com",
    "cloud.com",
    "hotmail.co.uk",
    "yahoo.com.ar",
}
# Mistyped ends: what no address ends in, or hardly any (.cm, .om and .co are countries).
ENDS = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "vom": "com",
    "xom": "com",
    "coom": "com",
    "nte": "net",
    "ner": "net",
    "ogr": "org",
}
RESEMBLES = 0.85


def bare(text: str) -> str:
    """Return the address in what was pasted: "Ana <ana@example.org>", "mailto:ana@example.org", "ana@example.org,"."""
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf")).strip()
    text = re.sub(r"\s*@\s*", "@", text)
    addresses = [part for part in re.split(r"[\s<>]+", text) if "@" in part]
    if len(addresses) == 1:
        text = addresses[0]
    return re.sub(r"^mailto:|\?.*$", "", text, flags=re.IGNORECASE).strip(".,;:()[]\"'“”")


def likely(address: str) -> str:
    """Return the address that was probably meant ("ana@gmail.com" for "ana@gmial.com"), or "" if nothing looks mistyped."""
    name, _at, domain = address.rpartition("@")
    domain = domain.lower()
    if not name or domain in COMMON or domain in ALSO_REAL:
        return ""
    host, _dot, end = domain.rpartition(".")
    mended = f"{host}.{ENDS.get(end, end)}"
    if mended not in COMMON and mended not in ALSO_REAL:
        mended = next(iter(difflib.get_close_matches(mended, COMMON, n=1, cutoff=RESEMBLES)), mended)
    return f"{name}@{mended}" if mended != domain else ""
