# ruff: noqa: E501 (a pattern cut into lines hides what it matches)
"""Patterns for life-saving and for dangerous statements in guides, in English and Spanish."""

import re

from articles.checks.text.numbers import NUMBER

FATAL = r"(?:kill\w*|die[sd]?|dying|deaths?|dead(?:ly)?|fatal(?:ly)?|overdos\w+|life[- ]threatening|stops? (?:your|their|the) breathing|matar|mata|mortal(?:es)?|muer\w+|morir|sobredosis|parar (?:su|la) respiración|pone en peligro la vida)"
TOLERANCE_FALLS = re.compile(
    r"\b(?:body|you|they) (?:is no longer|is not|isn['’]t|are no longer|are not|aren['’]t) (?:as )?used to\b|\bbody\b[^.;]{0,20}\b(?:can no longer|no longer can|can(?:no|['’])t) (?:handle|bear|take|tolerate|stand)\b"
    r"|\bcuerpo (?:ya )?no (?:aguanta|tolera|soporta|resiste|está acostumbrado)\b"
    r"|\btolerance\b(?:\W+\w+){0,4}?\W+(?:falls?|fell|fallen|goes away|drops?|dropped|lost|gone|goes down|lower(?:ed|s)?|low|less|fades?|shrinks?|decreases?|reduced|resets?|disappears?|weakens?)\b"
    r"|\b(?:los(?:e|es|t|ing)|loss of|lower(?:s|ed|ing)?|reduced?|reduc(?:es|ing)|less|falling|falls?|fell|fallen|fall in|drop in)(?:\W+\w+){0,3}?\W+tolerance\b"
    r"|\btolerancia\b(?:\W+\w+){0,4}?\W+(?:baja|bajó|cae|cayó|disminuye|se pierde|se reduce|menor|perdida)\b|\b(?:pierde|pierden|bajó|cayó|cae|pérdida de|baja|bajan|menos|menor|poca|disminuye|reduce)(?:\W+\w+){0,3}?\W+tolerancia\b",
    re.IGNORECASE,
)
FORMER_DOSE = re.compile(
    r"\b(?:dose|amount)s?\b[^.]{0,40}\b(?:once|used to|was usual|usual|before|former|same|old)\b|\b(?:usual|former|same|old|previous|earlier) (?:dose|amount)s?\b"
    r"|\b(?:dosis|cantidad)\b[^.]{0,40}\b(?:antes|normal|de siempre|misma|anterior|habitual)\b|\bmisma (?:dosis|cantidad)\b",
    re.IGNORECASE,
)
NOT_FALLING = re.compile(
    r"\btolerance\W+(?:\w+\W+)?(?:stays|remains|does(?:n['’]t| not)|won['’]t|will not|never)\b|\btolerancia no\b", re.IGNORECASE
)
# A warning that is denied: “can't kill”, “nobody dies”.
NOT_FATAL = re.compile(
    r"\b(?:can(?:no|['’])t|cannot|won['’]t|will not|does(?:n['’]t| not)|do(?:n['’]t| not)|is(?:n['’]t| not)|never|not|(?:he|she|you|they|people) (?:almost )?never|no (?:puede|podrá|va a|le|lo|la|es)|nunca)"
    rf"(?: \w+){{0,2}}? {FATAL}|\b(?:no ?body|no one|no-one|nadie)(?: \w+){{0,2}}? {FATAL}"
    r"|\b(?:overdos\w+|risks?|danger|sobredosis|riesgo)\b[^.;]{0,30}\b(?:does(?:n['’]t| not)|do(?:n['’]t| not)|won['’]t|will not|never|no) (?:\w+ )?(?:rise|increase|go(?:es)? up|grow|change|sube|aumenta|crece)\b"
    r"|\bno (?:more|higher|greater|added|extra) (?:risk|danger)[^.;]*|\boverdos\w+ (?:is|are) (?:very |extremely )?(?:rare|unlikely|impossible)\b",
    re.IGNORECASE,
)
IS_FATAL = re.compile(rf"\b{FATAL}", re.IGNORECASE)
NALOXONE = re.compile(r"\b(?:naloxone|naloxona|narcan)\b", re.IGNORECASE)
# Claims that naloxone isn't needed or doesn't work.
NALOXONE_DENIED = re.compile(
    r"\b(?:naloxone|narcan)\b[^.;,]{0,25}(?:\b(?:is|are|was|will be) (?:not|never) |\b(?:isn|wasn|aren)['’]t )(?:\w+ )?(?:needed|necessary|required|worth|useful|any use)\b(?! (?:for|when|if|on)\b)"
    r"|\b(?:naloxone|narcan|naloxona)\b (?:is|es) (?:\w+ )?(?:waste|useless|pointless|unnecessary|inútil|innecesaria)\b"
    r"|\b(?:naloxone|narcan)\b (?:does(?:n['’]t| not)|won['’]t|will not|can(?:no|['’])t|cannot) (?:really |ever )?(?:work|help|save)\b(?! (?:on|for|against|with|if|everyone|alone|when|people who))"
    r"|\b(?:no need (?:for|of|to (?:carry|have|buy|get|keep|use|give))|need no|(?:don['’]t|do not|does not|doesn['’]t|never|no longer|won['’]t) (?:need|carry|use|give|buy|bother with|keep|want))(?: (?:any|the|your|to (?:carry|have|buy|get|keep|use|give)))? (?:naloxone|narcan)\b(?! (?:to|on|if|again|twice|without|until|alone|more than|when))"
    r"|\bno (?:necesita|hace falta|use|lleve|tenga|dé|compre|se necesita)(?: (?:la|usar|llevar|tener|comprar))? naloxona\b|\bnaloxona\b no (?:\w+ )?(?:hace falta|es necesaria|se necesita|sirve|funciona|ayuda)\b(?! (?:para|con|contra|si))",
    re.IGNORECASE,
)
# Claims against the medicines.
MEDICINES_DENIED = re.compile(
    r"\b(?:swap|trad|replac|exchang|substitut|switch)\w*(?: (?:just|only|simply|merely|out))? one (?:drug|addiction|dependence|dependency|substance|habit|opioid)s? (?:for|with|by|to) (?:another|the other)\b"
    r"|\b(?:cambi|sustitu|reemplaz)\w*(?: (?:sólo|solo|solamente))? una (?:droga|adicción|dependencia|sustancia) por otra\b"
    r"|\b(?:avoid|stay away from|steer clear of|say no to|refuse|we (?:do not|don['’]t|never) (?:use|offer|prescribe|allow|believe in|recommend|give)|you (?:do not|don['’]t) need|without using)"
    r" (?:\w+ ){0,2}?(?:methadone|buprenorphine|suboxone|medications? for opioid|medicines? for opioid)\b(?![^.;]{0,60}\b(?:until|before|while|too soon|unless|with alcohol|together)\b)"
    r"|\b(?:evite|rechace|no usamos|no ofrecemos|no recetamos|no permitimos)(?: \w+){0,2}? (?:metadona|buprenorfina)\b(?![^.;]{0,60}\b(?:hasta|antes|mientras|con alcohol)\b)"
    r"|\b(?:methadone|buprenorphine|suboxone|medications?|medicines?)(?: (?:and|or) (?:methadone|buprenorphine|suboxone))? (?:is|are) (?:just |only |simply )?(?:another addiction|a crutch|legal heroin|(?:a )?legal high|drug addiction)\b",
    re.IGNORECASE,
)
MEDICINES = {
    "buprenorphine": re.compile(r"\b(?:buprenorphine|buprenorfina|suboxone|subutex)\b", re.IGNORECASE),
    "methadone": re.compile(r"\b(?:methadone|metadona)\b", re.IGNORECASE),
    "naltrexone": re.compile(r"\b(?:naltrexone|naltrexona|vivitrol)\b", re.IGNORECASE),
}
TREATMENT = re.compile(
    r"\b(?:treatments?|detox\w*|rehab\w*|therap(?:y|ies)|program(?:me)?s?|12[- ]step|twelve steps|narcotics anonymous|counseling|medicines?|medications?|"
    r"tratamientos?|desintoxicación|rehabilitación|terapias?|programas?|narcóticos anónimos|medicamentos?)\b",
    re.IGNORECASE,
)
SUDDENLY = re.compile(
    r"\b(?:stop\w*|quit\w*|sudden(?:ly)?|abrupt(?:ly)?|all at once|cold turkey|withdrawal|cut(?:ting)? out|on your own"
    r"|dej\w+|de golpe|de repente|repentin\w+|súbit\w+|bruscamente|suspend\w+|abstinencia)\b",
    re.IGNORECASE,
)
CAN_KILL = re.compile(
    r"\b(?:kill(?:s|ed)?|die[sd]?|dying|deaths?|deadly|fatal|life[- ]threatening|matar|mata|mortal(?:es)?|muer\w+|morir|pone\w* en peligro (?:la|su) vida)\b",
    re.IGNORECASE,
)
SEIZURES = re.compile(r"\b(?:seizures?|convulsi[oó]n(?:s|es)?)\b", re.IGNORECASE)
EMERGENCY = re.compile(
    r"\b(?:emergenc(?:y|ies|ia|ias)|auxilio|urgencias?|911|999|112|ambulance|ambulancia|(?:get|call for) help (?:now|right away|right now|at once|fast|immediately)"
    r"|(?:pida|pedir|busque) ayuda (?:ya|ahora|enseguida|de inmediato|inmediata))\b",
    re.IGNORECASE,
)
# Claims that stopping alcohol or benzodiazepines abruptly is safe.
SAFE_STOP = re.compile(
    r"\b(?:stopping|quitting|cold turkey|all at once|detox\w*|to (?:stop|quit))\b[^.;?]{0,60}?\b(?:is|are|can be|it['’]s|feels)(?! (?:not|never|rarely|hardly|seldom))(?: (?:perfectly|quite|completely|totally|usually|generally|mostly|very|also|just))? (?:safe|fine|ok|okay|harmless|risk-free|no problem|all right)\b(?! (?:with|if|when|only|for some|under|in a|place))"
    r"|\b(?:it is|it['’]s|is|be)(?: (?:perfectly|quite|completely|totally|usually|generally|mostly))? (?:safe|fine|ok|okay|all right|harmless) to (?:just |simply )?(?:stop|quit|detox)\b"
    r"|\b(?:stop|quit|stopping|quitting)\b[^.;?]{0,40}\b(?:without (?:any |much )?(?:danger|risk|harm)|(?:needs?|requires?|takes?) no (?:doctor|help|medical|supervision|care))\b"
    r"|\bsafely (?:stop|quit|detox)\b[^.;?]{0,40}\b(?:on your own|alone|by yourself|at home|all at once|cold turkey|suddenly)\b|\b(?:stop|quit|detox)\b[^.;?]{0,40}\b(?:suddenly|all at once|cold turkey|on your own|by yourself) safely\b"
    r"|\b(?:stopping|quitting|cold turkey|detox\w*)\b[^.;]{0,50}\b(?:won['’]t|will not|can(?:no|['’])t|cannot|doesn['’]t|does not|never|is(?:n['’]t| not)) (?:kill|harm|hurt|dangerous|deadly|fatal|risky)\w*"
    r"|\b(?:dejar\w*|parar|suspender\w*)\b[^.;?]{0,50}?(?<!no )(?<!nunca )\b(?:es|resulta)(?: (?:completamente|totalmente|muy|bastante))? (?:segur[oa]|inofensiv[oa])\b(?! (?:con|si|cuando|sólo|solo))|\b(?<!no )(?<!nunca )es seguro dejar\b|\b(?:dejar\w*)\b[^.;]{0,40}\b(?:sin (?:ningún )?(?:peligro|riesgo)|no (?:mata|es peligroso))\b",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"\bwithdrawal\b[^.;]{0,60}\b(?:is(?:n['’]t| not)|not|never|rarely|hardly|can(?:no|['’])t|cannot|won['’]t|will not|doesn['’]t|does not)\b[^.;]{0,25}\b(?:dangerous|life[- ]threatening|deadly|fatal|kill\w*|harm\w*|risky|a danger)\b"
    r"|\bwithdrawal\b[^.;]{0,40}\b(?:is|are) (?:completely |perfectly |quite )?(?:harmless|safe)\b|\b(?:you|they|people|she|he) (?:won['’]t|will not|can(?:no|['’])t|cannot|don['’]t|do not|never) (?:die|be harmed) (?:from|of|in|during) (?:\w+ ){0,3}(?:withdrawal|detox)\b"
    r"|\b(?:withdrawal|detox\w*)\b[^.;]{0,80}\b(?:no ?body|no one|no-one)(?: has)?(?: ever)? die[sd]\b"
    r"|\bdetox\w*(?: \w+){0,3} (?:at home|alone|on your own|by yourself|without help) is (?:\w+ )?(?:safe|fine|harmless)\b(?! (?:for some|if|when|with))"
    r"|\b(?:no ?body|no one|no-one) (?:ever )?(?:has )?(?:die[sd]|dying) (?:from|of|during|in) (?:\w+ ){0,2}withdrawal\b"
    r"|\babstinencia\b[^.;]{0,60}\bno (?:es|son|pone|puede|causa|mata)\b[^.;]{0,25}\b(?:peligros\w+|mortal\w*|matar|vida|riesgo|la muerte|mata)?|\babstinencia\b[^.;]{0,40}\b(?:es|son) (?:inofensiv\w+|segur\w+)\b|\bnadie (?:se )?muere (?:de|por) (?:\w+ ){0,2}abstinencia\b",
    re.IGNORECASE,
)
HARMLESS_ES_NEEDS = re.compile(r"peligr|mortal|matar|mata\b|riesgo|muer|inofensiv|segur", re.IGNORECASE)
DENIED = re.compile(
    r"\b(?:myth|untrue|not true|(?:isn|wasn)['’]t (?:true|so|right)|contrary to|false|wrong|mistake|mito|falso|no es verdad|no es cierto|error)\b|[“\"«]",
    re.IGNORECASE,
)
UNIT = r"(?:mg|mcg|µg|mL|milligrams?|micrograms?|milliliters?|grams?|miligramos?|microgramos?|mililitros?|gramos)\b(?!\s?/\s?d[lL])"
AMOUNT = rf"{NUMBER}\s?{UNIT}"
PIECE = r"(?:tablets?|pills?|capsules?|patches|drops|tabletas?|pastillas?|cápsulas?|comprimidos?|gotas)"
DOSE = re.compile(
    rf"(?<![\w.]){AMOUNT}|\b(?:take|takes|taking|swallow|use|tome|tomar|trague)\b[^.;]{{0,15}}?\b(?:{NUMBER}|one|half an?|a|half|media|una?) {PIECE}\b(?=[^.;]{{0,30}}\b(?:every|each|daily|a day|per|twice|at night|in the morning|hours?|cada|al día|diari\w+|horas?))"
    rf"|\b(?:take|swallow|tome|trague) (?:{NUMBER}|half an?|media) {PIECE}\b",
    re.IGNORECASE,
)
TELLS_TO_TAKE = re.compile(
    r"\b(?:take|takes|taking|start(?:s|ing)?|begin|give|inject|swallow|increase|add|raise|repeat|every \w+ hours|daily|a day|per day|tome|tomar|toma|empiece|empezar|inyect\w+|aument\w+|diari\w+|al día|cada \w+ horas)\b",
    re.IGNORECASE,
)
TAPER = re.compile(
    r"\b(?:taper|reduce|reducing|cut|cutting|lower|lowering|drop|dropping|decrease|decreasing|reduzca|reducir|baje|bajar|disminuy\w+)\b[^.;]{0,60}"
    rf"(?:{NUMBER}\s?(?:%|percent|por ciento)|{AMOUNT}|\b(?:by|un|una|en un) (?:a )?(?:half|quarter|third|tenth|cuarto|tercio|décimo|mitad)\b|\b(?:a|one|half a|una|media) (?:pill|tablet|pastilla|tableta)s?)[^.;]{{0,40}}\b(?:every|each|per|a (?:day|week|month)|cada|por (?:día|semana))\b"
    r"|\b(?:one|two|1|2|un|una|dos) (?:less|fewer|menos) (?:beer|drink|glass|pill|tablet|cerveza|copa|vaso|pastilla)\w* (?:each|every|a|per|cada|por) (?:day|week|night|día|semana|noche)\b"
    r"|\b(?:one|two|un|una|dos) (?:beer|drink|glass|pill|tablet|cerveza|copa|vaso|pastilla)s? (?:less|fewer|menos) (?:each|every|a|per|cada|por) (?:day|week|night|día|semana|noche)\b",
    re.IGNORECASE,
)
# Somebody else's opinion.
THEY_SAY = re.compile(
    r"\b(?:some|many|people|others|programs|friends|family|you (?:may|might)|they|someone)(?: \w+){0,3}? (?:say|says|think|thinks|hear|believe|believes|tell|call|calls|claim|fear|worry)\b"
    r"|\b(?:algun[oa]s|much[oa]s|la gente|hay quien(?:es)?|otr[oa]s|tal vez|quizá)(?: \w+){0,3}? (?:dicen?|creen?|piensan?|cree|oiga|llaman?)\b",
    re.IGNORECASE,
)
NOT_BEFORE = re.compile(
    r"\b(?:not|n['’]t|never|isn['’]t|doesn['’]t|nor|rather than|without|no|nunca|tampoco)\b[^.;:,]{0,25}$|n['’]t\b[^.;:,]{0,25}$",
    re.IGNORECASE,
)
