"""Words that may mean danger. A hit costs the reader one line on the screen and the staff an earlier look, so few are missed.

It never decides anything: the form is sent all the same, and a person reads it. tests/intake/assessment/test_danger.py has the
sentences that people write, with their mistakes.
"""

import re
import unicodedata
from typing import Any

# Parts of the patterns below. All are over small letters without accents and apostrophes, with single spaces.
_DRINK = r"(?:al\w{0,3}hol\w*|drinking|drinks?|booze|liquor|vodka|whisk\w*|beers?|wine|rum|tequila)"
_BENZO = r"(?:benzo\w*|xanax|xann\w+|valium|klonopin|ativan|alprazolam|diazepam|clonazepam|lorazepam|rivotril|librium)"
_PILLS = rf"(?:pills?|tablets?|meds|medication|percs?|oxys?|{_BENZO})"
_SELF = r"(?:my ?self|him ?self|her ?self|them ?sel\w+)"
_THEY = r"(?:he|she|they|hes|shes|theyre|him|her|face|skin|fingers|nails|lips?)"
_MINOR = r"(?:1[0-7]|[1-9])"
# "two years sober", "5 months pregnant", "10 minutes away": numbers that are nobody's age.
_NO_AGE = r"(?! (?:days?|weeks?|months?|hours?|minutes?|times?|miles?|percent|years? (?:clean|sober|in\w*|older|younger)|of))"
_SOME = r"(?:\w+ ){0,3}?"

# code: what people write, the gravest first. Whole words only; a stem ends in \w*.
_SAID: dict[str, tuple[str, ...]] = {
    "overdose": (
        r"over ?do[sz]\w*|od(?:ed|ing|s)?",
        rf"(?:took|taken|swallow\w*|shot|snorted) {_SOME}too (?:much|many)(?! (?:of )?(?:my|our|time|money|work))",
        rf"(?:took|taken|taking|swallow\w*|ate) {_SOME}(?:bottle|bunch|handful|box|lots?|all|whole|too many|\d\d+) {_SOME}{_PILLS}"
        rf"|too many pills",
        r"(?:gave|given|give|used|needed|needs|got|dimos|dieron|di|dio|pusieron|pusimos) (?:\w+ )?(?:narcan|naloxon[ae])",
        r"sobre ?do[sc]\w*|se pas\w+ (?:de|con) (?:la )?dosis|se le (?:paso|fue) la mano con",
        r"(?:tom|trag|met|inyect)(?:o|e|io|i|ado|ido|aron|ieron) (?:\w+ ){0,2}?demasiad\w*",
        r"(?:tom|trag)(?:o|e|ado|ar\w*) (?:\w+ ){0,2}?(?:muchas|todas|monton|frasco|caja|punado) (?:\w+ ){0,2}?(?:pastillas"
        r"|pastas|pildoras)",
    ),
    "not_breathing": (
        rf"(?:not|isnt|arent|aint|wasnt|stop\w*|quit|barely|hardly|scarcely|slow|shallow|trouble|difficulty|struggl\w*) {_SOME}breath\w*",
        r"breath\w* (?:\w+ ){0,2}?(?:slow\w*|shallow\w*|weird|wrong|bad\w*|funny|stopp\w*|strange\w*)",
        r"(?:cant|cannot|can not|couldnt|doesnt) breathe?|no pulse|gurgl\w*|foaming|death rattle|(?:he|she|i|just|has) collapsed",
        rf"{_THEY} (?:is |are |was |were |look\w* |has |have )?(?:turn\w* |go\w+ |went )?(?:all |so |really |a bit )?(?:blue"
        rf"|gr[ae]y|purple)",
        r"(?:turn\w*|goes|going|gone|went) (?:all )?(?:blue|purple)|blue lips|blue in the face",
        r"(?:wont|cant|cannot|can not|doesnt|isnt|not|couldnt|will not|unable to) (?:get \w+ to )?(?:wake|waking)\w*",
        r"unconsc?i\w*|unconci\w*|unresponsive|pass(?:ed|es|ing) out(?! (?:flyers|leaflets|papers))",
        r"(?:wont|not|isnt|doesnt|stopped) respond\w*(?! to (?:\w+ )?(?:calls?|texts?|messages?|e?mails?|letters?))",
        r"(?:no|apenas|casi no|dejo de|deja de|le cuesta|me cuesta|dificultad para) (?:esta |se |puede |puedo )?respir\w*",
        r"respir\w* (?:muy |bien )?(?:mal|lento|despacio|poco|raro|con dificultad)",
        r"(?:se puso|se pone|se esta poniendo|se va poniendo|esta) (?:todo |toda |muy )?(?:azul|morad\w*|gris)",
        r"labios (?:\w+ ){0,2}?(?:azul\w*|morad\w*|gris\w*)",
        r"no (?:se )?(?:despierta|desperto|despertaba)(?! temprano)|no (?:lo |la )?(?:puedo|podemos|logro|logramos) despertar\w*",
        r"no (?:reacciona|responde)(?! (?:a )?(?:mis?|las?|los) (?:mensajes?|llamadas?|correos?))",
        r"incon(?:s|c|sc)iente\w*|perdi\w* (?:el conocimiento|la con\w*ciencia)|desmay\w*|(?:no tiene|sin) pulso"
        r"|(?:espuma por la|echa\w* espuma)|se desplomo",
    ),
    "suicide": (
        r"(?!suciedad)(?:suic|suis|suci|susi|susci)\w{0,2}d\w*|self harm\w*|(?:wanna|want to|gonna|going to|might|just) kms",
        rf"(?:kill|killing|killed|hurt|hurting|cut|cuts|cutting|hang|hanging|shoot|shooting|harm|harming|drown) {_SELF}",
        r"(?<!dont )(?<!not )(?<!doesnt )(?:wants?|wanted|wanna|wish\w*|rather|hope) (?:\w+ ){0,2}?(?:to )?(?:be )?(?:die|dead)",
        r"(?:dont|doesnt|do not|does not|no longer) (?:want to|wanna) (?:live|be alive|be here|wake up|exist|go on)",
        r"(?:no|any) (?:reason|point|will) (?:to|in|for) (?:live|living|go on|going on)|nothing to live for"
        r"|better off (?:dead|without me)",
        r"end(?:s|ing|ed)? (?:my|his|her|their)(?: own)? life|end(?:ing)? it all|(?:want to|wanna|going to|gonna) end it(?! with)",
        r"tak(?:e|es|ing|en) (?:my|his|her|their) own life|jump(?:ing)? (?:off|in front of)|slit (?:my|his|her) wrists?",
        r"(?:matar|suicidar|ahorcar|colgar)(?:me|se)|(?:cortar|lastimar)me(?! el pelo)|hacer(?:me|se) dano|me hago dano",
        r"(?:me|se) (?:quiero|quiere|quisiera|voy a|va a|queria|intent\w+|trat\w+ de|piens\w+) (?:\w+ )?(?:matar|morir|colgar"
        r"|ahorcar|suicidar|cortar)",
        r"(?<!no )(?<!no me )(?:quiero|quiere|quisiera|quiera|deseo|desea|prefiero|ganas de|ojala"
        r"|mejor) (?:\w+ ){0,2}?(?:morir\w*|muert[oa]|desaparecer)",
        r"no (?:quiero|quiere|tengo ganas de|tiene ganas de|vale la pena) (?:seguir )?(?:viv\w+|existir)",
        r"(?:quitar\w*|acabar|terminar) (?:con )?(?:la|mi|su) (?:propia )?vida|(?:acabar|terminar) con todo"
        r"|(?:razon\w*|motivos?|sentido) (?:para|de) vivir",
    ),
    "seizure": (
        r"s(?:ei|ie|e|i)[zs]+ure\w*|convul\w*|(?:having|had|has|have) (?:a )?fits?(?! of)|dts?|delirium\w*|hall?uc\w*",
        r"(?:seeing|sees|hearing|hears|hear) (?:things|voices|bugs)|shak\w* (?:\w+ ){0,4}?confus\w*|confus\w* (?:\w+ ){0,4}?shak\w*",
        r"alucin\w*|ataques? (?:epilep\w*|de epilep\w*)"
        r"|le (?:da|dio|dan|dieron) (?:un |unos )?ataques?(?! de (?:risa|celos|panico|ira|ansiedad|llanto))",
        r"(?:ve|veo|viendo|oye|oigo|oyendo|escucha|escucho|escuchando) (?:cosas|voces)|tembl\w* (?:\w+ ){0,4}?confund\w*",
    ),
    "chest_pain": (
        r"chest (?:pains?|hurts?|tight\w*|pressure|is (?:hurting|tight|burning))|pain in (?:my|his|her|the|their) chest|heart attack",
        r"dolor(?:es)? (?:fuerte )?(?:de|en el|del) pecho|(?:duele|oprime|aprieta) (?:mucho )?el pecho"
        r"|(?:ataque|paro) (?:al corazon|cardiaco)|infarto",
    ),
    "stopping": (
        rf"(?:stop\w*(?! by)|quit\w*|withdr\w*|detox\w*|cold turkey|(?:came|come|coming|get|getting|got|went) off|(?:ran|run"
        rf"|running) out of"
        rf"|taper\w*|wean\w*)\W+(?:\w+\W+){{0,6}}?(?:{_DRINK}|{_BENZO})",
        rf"(?:{_DRINK}|{_BENZO})\W+(?:\w+\W+){{0,4}}?(?:withdr\w*|detox\w*)|(?:off|out of|without|no more) (?:\w+ ){{0,2}}?{_BENZO}",
        rf"no (?:{_DRINK}|{_BENZO}) (?:for|since|in)"
        rf"|(?:hasnt|havent|hadnt|not|no) {_SOME}(?:{_DRINK}|drank|drunk)(?: \w+){{0,2}}? (?:since|in|for|today)",
        rf"last {_DRINK}|(?:the|have|has|got|with) (?:the |bad )?shakes|(?:sober|dry) (?:for )?\w+ (?:days?|hours?)",
        r"(?:shak|trembl|sweat)\w* (?:\w+ ){0,7}?(?:since|stopp\w*|quit|drink\w*)",
        r"(?:dej\w*|sin|abstinencia|desintoxic\w*|acab\w+|suspend\w*|quit(?:o|e|ar\w*))\W+(?:\w+\W+){0,5}?"
        rf"(?:alcohol|beber|tomar|tragos?|cervezas?|vino|licor|pastillas para dormir|{_BENZO})",
        r"no (?:ha|he|a|hemos) (?:tomado|bebido) (?:\w+ ){0,3}?(?:desde|hace|en)|no (?:bebe|toma|bebo|tomo) (?:\w+ ){0,2}?desde",
        r"sindrome de abstinencia|abstinencia (?:del|de|al) alcohol|ti?embl\w+ (?:\w+ ){0,2}?manos?|temblores"
        r"|tembl\w* (?:\w+ ){0,6}?(?:dej\w*|desde|beb\w*|tom\w*)",
    ),
    "pregnancy": (
        r"preg(?:n|a)\w*|preggo|preggers|knocked up|expecting (?:a|our|my|twins)|\d+ (?:weeks|months) along|missed (?:my|her) period",
        r"(?:having|have|had|carrying) a baby|baby (?:is )?(?:due|on the way)",
        r"(?!embaraz\w*os[oa])embara[zs]\w*|en ?cinta|esper\w* (?:un |una |a mi |a un )?beb\w*",
    ),
    "child": (
        r"(?:my|the|our|his|her|their|a|small|young|little|are) (?:\w+ )?(?:baby|child|kids?|children|toddler|infant|newborn"
        r"|little (?:boy|girl))",
        rf"(?:kids|children|babies|teen\w*|under ?age|grandkids|grandchildren)|{_MINOR} (?:years?|yrs?) old|{_MINOR} ?y ?o"
        rf"|(?:a|is|im|still) (?:a )?minor(?! \w)",
        rf"(?:son|daughter|kid|boy|girl|brother|sister|nephew|niece|grandson|granddaughter|he|she|hes|shes|im|i am) (?:is |just "
        rf"|only |turned ){{0,2}}"
        rf"{_MINOR}{_NO_AGE}",
        r"nin[oa]s?|bebes?|recien nacid\w*|menor(?:es)? de edad|adolescentes?|hij[oa]s|hij(?:o|a|it[oa]s?) (?:peque\w*|menor)"
        r"|hijit[oa]s?",
        rf"(?:tiene|tengo|(?:hij|nin|herman|sobrin|niet|chic)[oa] de) (?:solo |apenas )?{_MINOR} anos(?! (?:de|sin|en|con|sobri"
        rf"|limpi|tom|beb|consum|us)\w*)",
    ),
}
CODES = tuple(_SAID)
_PATTERNS = {code: re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)") for code, said in _SAID.items()}

# "Not suicidal", "never had a seizure", "no estoy embarazada": only these words, only right before, only for these nouns. What is
# less plain than that counts as danger.
_DENIED = re.compile(
    r"(?<!\w)(?:not|never|no|isnt|arent|wasnt|sin|nunca|ni)"
    r"(?: (?:a|an|any|had|have|has|been|feeling|thoughts of|history of|estoy|esta|soy|es|tengo|tiene|he tenido|ha tenido"
    r"|pensamientos de|ideas de))* ?\Z"
)
_DENIABLE = re.compile(r"over ?do[sz]|sobre ?do[sc]|suic|seiz|convul|preg|embara[zs]|nin[oa]s|hij[oa]s|kids|children|chest pain|dolor")


def found_in(text: str) -> list[str]:
    """Return the codes of the dangers that `text` (English or Spanish) may speak of, the gravest first."""
    lines = _plain(text)
    plain = lines.replace("\n", " ")
    return [code for code, pattern in _PATTERNS.items() if any(not _is_denied(hit, lines) for hit in pattern.finditer(plain))]


def reasons_in(text: str) -> list[str]:
    """Return what `text` says as the codes of reasons for a priority (intake.assessment.priority)."""
    return [f"says_{code}" for code in found_in(text)]


def for_browsers() -> dict[str, Any]:
    """Return the patterns in a form that a browser's script reads too (static/js/danger.js)."""
    said = {code: pattern.pattern for code, pattern in _PATTERNS.items()}
    return {"said": said, "denied": _DENIED.pattern.replace(r"\Z", "$"), "deniable": _DENIABLE.pattern}


def _plain(text: str) -> str:
    """Return `text` in small letters, without accents and apostrophes, its spaces single; lines stay lines."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    letters = re.sub(r"\bod['’`´]d\b", "overdosed", letters)  # or it would be "odd"
    spaced = re.sub(r"['’`´]", "", letters).replace("-", " ")
    return "\n".join(" ".join(line.split()) for line in spaced.splitlines())


def _is_denied(hit: re.Match[str], lines: str) -> bool:
    """Tell whether the words right before, on the same line, deny what was found."""
    return bool(_DENIABLE.match(hit.group()) and _DENIED.search(lines[max(0, hit.start() - 40) : hit.start()]))
