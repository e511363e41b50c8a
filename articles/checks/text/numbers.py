# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Regular expression parts for numbers in digits and words, in English and Spanish. Use them with re.IGNORECASE."""

# A whole number only: without the look-behinds "1,1,1,…" would be read again from each of its digits.
DIGITS = r"(?<!\d)(?<!\d[.,])\d++(?:[.,]\d++)*+"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_UNITS = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_UNIDADES = r"(?:uno?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
# From two on, since “one day at a time” isn't a figure.
WORDS = (
    rf"(?:{_TENS}(?:[- ]{_UNITS})?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:a|one) hundred"
    rf"|(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa)(?: y {_UNIDADES})?|veinti\w+|veinte|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+|cien)"
)
NUMBER = rf"(?:{DIGITS}|\b{WORDS}\b)"
# “8 to 24”, “five or six”, “between 2 and 3”, “de cinco a siete”
RANGE = rf"(?:{NUMBER}(?:\s?(?:to|or|and|through|a|o|u|y|–|-)\s?{NUMBER})?)"
TIME = r"(?:minutes?|hours?|days?|weeks?|months?|years?|minutos?|horas?|días?|semanas?|meses|años?)"
