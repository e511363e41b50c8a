# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Patterns for stigmatising terms and their alternatives, in English and Spanish."""

import re
from dataclasses import dataclass

DRUGS = (
    r"(?:drugs?|substances?|alcohol|opioids?|opiates?|heroin|fentanyl|cocaine|crack|meth|methamphetamines?|amphetamines?|stimulants?|"
    r"marijuana|cannabis|benzos?|benzodiazepines?|prescription(?: drugs?| opioids?)?|painkillers?|pills?|polysubstance)"
)
DROGAS = (
    r"(?:drogas?|sustancias?|alcohol|opioides?|opiáceos?|heroína|fentanilo|cocaína|crack|metanfetaminas?|anfetaminas?|"
    r"marihuana|cannabis|benzodiacepinas?|medicamentos?|pastillas?|estupefacientes)"
)


@dataclass(frozen=True)
class Term:
    """A pattern (whole words, case-insensitive) and what to say instead. `soft` terms are only a note."""

    rule: str
    pattern: re.Pattern[str]
    instead: str
    soft: bool = False


def _terms(*rows: tuple[str, str, str] | tuple[str, str, str, bool]) -> tuple[Term, ...]:
    return tuple(Term(row[0], re.compile(rf"(?<!\w)(?:{row[1]})(?![\w-])", re.IGNORECASE), row[2], len(row) > 3) for row in rows)


# If two overlap, the first one wins: “recovering addict” before “addict”.
ENGLISH = _terms(
    ("former-addict", r"(?:former|reformed|recovering|recovered|ex)[ -](?:addicts?|alcoholics?|drug users?|users?|junkies?)", "person in recovery"),
    ("addicted-baby", r"(?:addicted (?:bab(?:y|ies)|infants?|newborns?)|(?:crack|meth|drug|heroin|opioid) bab(?:y|ies)|born addicted)", "newborn exposed to …"),
    ("prescription-abuse", r"prescription (?:drug|opioid|medicine|medication|painkiller) (?:abuse|misuse)", "nonmedical use of prescription medicine"),
    ("abuser", rf"{DRUGS} abusers?|abusers? of {DRUGS}", "person who uses …, person with a substance use disorder"),
    ("abuse", rf"{DRUGS}(?: (?:and|or) {DRUGS})?[ -]abuse|abuse of (?:\w+ )?{DRUGS}|drugs? of abuse|abus(?:e|es|ed|ing) (?:(?:her|his|their|your|my|our|the) )?(?:\w+ )?(?:{DRUGS}|medications?|medicines?|prescriptions?)", "use, unhealthy use, use disorder"),
    ("addict", r"(?:drug[ -])?addicts?", "person with a substance use disorder"),
    ("junkie", r"junk(?:ies?|ys?)|drugg(?:ies?|ys?)|dope ?fiends?|dope ?heads?", "person who uses drugs"),
    ("crackhead", r"crack ?heads?|pot ?heads?|meth ?heads?|pill ?heads?|pot ?smokers?|stoners?|tweakers?", "person who uses …"),
    ("user", r"users?(?! (?:can |may |must |should |who )?(?:log|sign in|click|scroll|type|search|browse|visit|read|navigate)\b)", "person who uses …"),
    ("alcoholic", r"alcoholics?", "person with alcohol use disorder"),
    ("drunk", r"(?:an?|the|this|that|some|old|town|village|mean|happy|such an?) drunks?(?! (?:driv\w+|person|people|man|woman|again|from))|drunks|drunkards?|winos?", "person with alcohol use disorder"),
    ("drug-habit", rf"(?:{DRUGS}|heavy|drinking|dope|smack) habits?|kick(?:s|ed|ing)? (?:the|a|your|his|her|their) habit", "substance use"),
    ("vice", r"vices?(?! (?:versa|president|chair\w*|squad))", "substance use"),
    ("drug-of-choice", r"drugs? of choice", "primary substance"),
    ("dirty-needle", r"dirty (?:needles?|syringes?|works|rigs?)", "used syringe"),
    ("clean-needle", r"clean (?:needles?|syringes?|works|rigs?)", "sterile syringe"),
    ("dirty-test", r"dirty (?:(?:drug |urine )?(?:screens?|tests?|samples?)|urines?|UAs?)|test(?:s|ed|ing)? dirty", "tested positive"),
    ("clean-test", r"clean (?:(?:drug |urine )?(?:screens?|tests?|samples?)|urines?|UAs?)|test(?:s|ed|ing)? clean", "tested negative"),
    ("clean", r"(?:get|gets|got|getting|gotten|stay|stays|stayed|staying|remain|remained|remaining|go|going|went|come|coming|came) clean(?! (?:up|about|water|air|clothes|hands|hair|sheets|towels?|and (?:dry|safe|tidy)))"
              r"|(?:he|she|they|you|we|who|i|person|people|man|woman|son|daughter|partner|friend|client|patient)(?:['’](?:s|re|m)|s? (?:is|are|was|were|am|be|been|being))(?: (?:now|still|finally|not))? clean(?! (?:water|shaven|and (?:dry|safe|tidy)))"
              r"|clean and sober|clean time|clean since|clean for (?:\w+ ){1,3}(?:days?|weeks?|months?|years?)|(?:days?|weeks?|months?|years?) clean", "in recovery, not using; to get clean: to enter recovery"),
    ("dirty", r"(?:he|she|they|you|who|i|person|people|client|patient)(?:['’](?:s|re|m)|s? (?:is|are|was|were|am))(?: (?:now|still|not))? dirty(?! (?:from|with|hands|clothes))", "currently using"),
    ("strung-out", r"strung[ -]out", "in withdrawal"),
    ("high", r"(?:get|gets|got|getting|gotten|stay|stays|stayed|staying) high(?!er)(?! (?:blood|fevers?|doses?|risks?|temperatures?|quality|marks|levels?|enough|scores?|on life|heart))"
             rf"|high on (?:\w+ )?{DRUGS}|tweaking(?! (?:the|your|our|a|this|it|its|their))", "using, intoxicated"),
    ("mat", r"medication[ -]assisted (?:treatment|therapy|recovery)", "medication for opioid use disorder"),
    ("replacement", r"(?:opioid|opiate|methadone|heroin|drug) (?:replacement|substitution)(?: (?:therapy|treatment|program\w*|drugs?))?", "opioid agonist medication"),
    ("wagon", r"(?:fall|falls|fell|fallen|falling|going|goes|went|be|been|is|was) (?:back )?o(?:ff|n) the wagon", "returned to use; in recovery"),
    ("relapse", r"relaps(?:e|es|ed|ing)(?! prevention)", "return to use", True),
    ("compliance", r"non[ -]?complian(?:t|ce)", "hasn’t taken it as planned"),
    ("failed-treatment", r"(?:fail|fails|failed|failing)(?: (?:at|out of|in|his|her|their|a|the))? (?:treatment|rehab|detox|program)|(?:treatment|rehab|detox) failures?", "treatment didn’t work for them"),
    ("suicide", r"commit(?:s|ted|ting)? suicide|(?:completed|successful|failed) suicides?(?: attempts?)?", "died by suicide; attempted suicide"),
    ("denial", r"in denial|(?:his|her|their|your|addict\w*) denial(?! (?:letter|notice|of|code|reason))", "describe what the person does or says"),
    ("enabling", r"enablers?|enabling behaviou?rs?|(?:stop|is|are|be|been|called|without|not|avoid|of|as|and|or) enabling(?! (?:\w+ )?(?:to|people|you|us|patients|access|environment))", "describe what the person does or says"),
    ("hooked", r"hooked on", "dependent on"),
)  # fmt: skip

SPANISH = _terms(
    ("ex-adicto", r"ex[ -]?(?:adict|drogadict|alcohólic)[oa]s?|(?:adict|drogadict|alcohólic)[oa]s? (?:en recuperación|recuperad[oa]s?|rehabilitad[oa]s?|reformad[oa]s?)", "persona en recuperación"),
    ("bebe-adicto", r"beb[eé]s? (?:adict[oa]s?|del crack)|recién nacid[oa]s? adict[oa]s?|nac\w+ adict[oa]s?", "recién nacido expuesto a …"),
    ("abuso", rf"abuso (?:de|del) (?:(?:las?|los|el) )?{DROGAS}|abus(?:a|an|ar|aba|aban|ó|ando) (?:de|del) (?:(?:las?|los|el) )?{DROGAS}", "consumo, consumo dañino, trastorno por consumo"),
    ("abusador", rf"abusador(?:es|as?)? de {DROGAS}", "persona que consume …"),
    ("adicto", r"(?:drog|narc|polit)?o?adict[oa]s?|toxicóman[oa]s?|(?:heroin|cocain|morfin)óman[oa]s?", "persona con un trastorno por consumo de sustancias"),
    ("yonqui", r"yonquis?|drogatas?|pastiller[oa]s?|marihuan[eo]r?[oa]s?|pachec[oa]s?|teporoch[oa]s?|periquer[oa]s?", "persona que consume drogas"),
    ("drogado", r"drogad[oa]s?|drogarse|se drogan?|se drogaba", "que consumió; consumir"),
    ("usuario", rf"(?:usuari[oa]s?|consumidor(?:es|as?)?) (?:crónic[oa]s? |habitual(?:es)? |frecuentes? )?(?:de|del) {DROGAS}|consumidor(?:es|as?)? (?:crónic[oa]s|habitual(?:es)?)", "persona que consume …"),
    ("alcoholico", r"(?:un|una|unos|unas|el|la|los|las|es|son|era|soy|padre|madre|hij[oa]|espos[oa]|herman[oa]) alcohólic[oa]s?|alcohólic[oa]s(?= (?:que|no|son|y|en|necesitan|pueden|tienen|deben|jóvenes|crónic\w+)\b)", "persona con un trastorno por consumo de alcohol"),
    ("borracho", r"borrach[oa]s?|borrachín(?:es)?|briag[oa]s?", "persona con un trastorno por consumo de alcohol"),
    ("vicio", r"(?<!círculo )vicios?|vicios[oa]s?", "consumo de sustancias"),
    ("droga-de-eleccion", r"drogas? (?:de elección|preferidas?|de preferencia)", "sustancia principal"),
    ("aguja", r"(?:agujas?|jeringas?|jeringuillas?) (?:sucias?|contaminadas?)", "jeringa usada"),
    ("aguja-limpia", r"(?:agujas?|jeringas?|jeringuillas?) limpias?", "jeringa estéril"),
    ("prueba-sucia", r"(?:pruebas?|análisis|orinas?|exámen(?:es)?|examen) (?:sucias?|sucios?|limpias?|limpios?)", "resultado positivo o negativo"),
    ("limpio", r"(?:mantener(?:se|me|te)|se mantien\w+|mantenerse|quedar(?:se|me)|seguir|sigue|siguen|sigo|permanecer|permanece|volver(?:se)?) limpi[oa]s?"
               r"|(?:él|ella|ellos|ellas|yo|usted|hijo|hija|persona|paciente|quien) (?:ya )?(?:está|están|estoy|estaba|lleva|llevo)(?: (?:\w+ ){0,3})?\s?limpi[oa]s?"
               r"|limpi[oa]s? (?:y sobri[oa]s?|de (?:drogas|alcohol|sustancias|heroína)|desde (?:hace|que|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|el año))"
               r"|(?:manténgase|mantente|permanezca|siga) limpi[oa](?! y (?:sec|orden))|(?:quier\w+|logr\w+|para) (?:estar|seguir|quedarse|mantenerse) limpi[oa]s?"
               r"|(?:días?|semanas?|meses|años?) limpi[oa]s?", "en recuperación, sin consumir"),
    ("colocado", r"colocad[oa]s?(?= (?:de|con|por)\b)|andar (?:pasad|high)[oa]?s?", "bajo los efectos de …"),
    ("tam", r"tratamiento asistido (?:con|por) medica(?:mentos|ción)", "medicamentos para el trastorno por consumo de opioides"),
    ("sustitucion", r"(?:terapia|tratamiento)s? (?:de|con) (?:sustitu(?:ción|tivos?)|reemplazo)(?: (?:de|con) (?:opioides|opiáceos|metadona))?(?! de nicotina)", "medicamento agonista de opioides"),
    ("recaida", r"(?<!prevención de )(?<!prevención de la )(?<!prevenir )reca(?:ída|ídas|er|e|en|yó|yeron|ído|iga)", "volver a consumir", True),
    ("incumplimiento", r"pacientes? (?:incumplid\w+|no cumplid\w+|rebeldes?)|incumplimiento del tratamiento", "no lo tomó como se había planeado"),
    ("fracaso", r"fracas(?:o|os|ó|aron|ado)(?: (?:del|en el|en su|al?))? (?:tratamiento|rehabilitación|programa)", "el tratamiento no le sirvió"),
    ("suicidio", r"comet(?:er|ió|ieron|e|en|ido|iendo) (?:el |un )?suicidio|suicidio (?:exitoso|consumado|fallido)", "murió por suicidio; intentó suicidarse"),
    ("negacion", r"en (?:plena )?negación|(?:está|vive|sigue) en (?:estado de )?negación", "describa lo que la persona hace o dice"),
    ("facilitador", r"consentidor(?:es|as?)?|(?:facilitador|habilitador)(?:es|as?)? (?:de|del) (?:la adicción|consumo|adict\w+)", "describa lo que la persona hace o dice"),
    ("enganchado", r"engancha(?:d[oa]s?|rse|n)(?: (?:a|al|con))", "con dependencia de"),
)  # fmt: skip

# Masked before matching terms: names of organisations, laws and groups, and everyday uses of the same words.
NOT_THESE = re.compile(
    r"https?://\S+|\b[\w.+-]{1,64}@[\w.-]{1,255}|\b[\w-]{1,63}\.(?:gov|org|com|edu)\b\S*"
    r"|National Institute on (?:Drug Abuse|Alcohol Abuse(?: and Alcoholism)?)|Substance Abuse and Mental Health Services(?: Administration)?"
    r"|Center for Substance Abuse (?:Treatment|Prevention)|(?:Comprehensive )?Drug Abuse (?:Prevention|Warning|Resistance)(?: \w+){0,5}|Drug and Alcohol Abuse"
    r"|Substance Abuse and Rehabilitation|Journal of (?:Substance|Drug|Alcohol)[\w ]*Abuse[\w ]*|Commission on Narcotic Drugs|Partnership to End Addiction"
    r"|Substance Abuse (?:Prevention and )?Treatment Block Grant"
    r"|(?:Office|Division|Bureau|Department|Board|Council|Commission|Institute|Administration|Agency) (?:of|on|for) (?:\w+ (?:and |& )?){0,4}?(?-i:(?:Substance|Drug|Alcohol)) Abuse(?: (?-i:[A-Z])\w+){0,3}"
    r"|(?-i:(?:Substance|Drug|Alcohol) Abuse (?:[A-Z]\w+ |and |& ){0,4}(?:Act|Administration|Agency|Board|Bureau|Commission|Council|Division|Office|Services|Authority|Department|Network|Association)\b)"
    r"|(?:Adult Children of )?Alcoholics(?: Anonymous|(?= and Dysfunctional))|Adult Children of Alcoholics"
    r"|alcoholic (?:drinks?|beverages?|hepatitis|liver|fatty liver|ketoacidosis|cirrhosis|content|solutions?|myopathy|cardiomyopathy)|non-?alcoholic"
    r"|(?:wheelchair|computer|phone|internet|web ?site|web|screen[ -]reader|end|power|service|account|insulin|library|end)[ -]users?|users? (?:accounts?|names?|guides?|manuals?|interfaces?|ids?|agreements?)"
    r"|users of (?:this|the|our) (?:site|page|website|form|app|service)|username"
    r"|(?:domestic|child|sexual|physical|emotional|verbal|elder|animal) abuse|abuse[- ]deterrent|vice versa"
    r"|(?:a|an|your|their|his|her|the|one|insurance|claim|coverage)(?: \w+)? denial|in denial (?:letters?|codes?)"
    r"|Instituto Nacional (?:sobre|de) (?:el )?Abuso de(?:l)? (?:Drogas|Alcohol)[\w ]*|Administración de(?: Servicios de)?(?: Salud Mental y)? Abuso de Sustancias[\w ]*"
    r"|Servicios (?:de|contra el) Abuso de Sustancias[\w ]*|(?:Hijos Adultos de )?Alcohólic[oa]s Anónim[oa]s|Narcóticos Anónimos|Hijos Adultos de Alcohólicos"
    r"|bebidas? alcohólicas?|hepatitis alcohólica|sin alcohol|no alcohólicas?|círculos? viciosos?|abuso (?:sexual|infantil|doméstico|físico|emocional)",
    re.IGNORECASE,
)  # fmt: skip
QUOTED = re.compile(r"“[^”]{1,400}”|\"[^\"]{1,400}\"|«[^»]{1,400}»|(?<!\w)‘[^’]{1,200}’(?!\w)")
