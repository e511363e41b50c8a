# ruff: noqa: E501 (rows that belong together)
"""Word lists for the check of names: allowed names, generic words, and brands with their generic names."""

_DESCRIBING = """
a an the this that these our your my we you if in at for of and or to with on is are what when where which how who why after before
addiction alcohol behavioral certified clinical community comprehensive county day department detox dual emergency evidence-based family
federal free general health heroin hospital inpatient intensive licensed local long-term medical mental methadone national nearest
nearby new opioid opioids outpatient partial private professional public quality recovery rehab residential respite safe short-term
sober specialized state substance supervised treatment university urgent us va veterans women men youth some many most every each any
all no not call ask find choose choosing finding getting starting leaving understanding about benzodiazepine fentanyl drug drugs crisis
poison control walk-in opioid-treatment use disorder disorders harm reduction syringe services peer support
medicaid medicare social human protective child children children’s adult legal financial aging employment correctional court
"""
# Words that describe a place but aren't part of a name.
GENERIC = frozenset(_DESCRIBING.split())
KNOWN = (
    "Narcotics Anonymous", "Alcoholics Anonymous", "SMART Recovery", "LifeRing Secular Recovery", "Women for Sobriety", "Recovery Dharma",
    "Refuge Recovery", "Celebrate Recovery", "Al-Anon", "Nar-Anon", "Alateen", "Families Anonymous", "Cocaine Anonymous", "Oxford House",
    "Moderation Management", "Medication-Assisted Recovery Anonymous", "Crystal Meth Anonymous", "Marijuana Anonymous", "Veterans Affairs", "Indian Health Service",
    "Centers for Disease Control", "Poison Control Center", "Poison Center", "Faces & Voices of Recovery", "Recovery Community Organization",
    "National Harm Reduction Coalition", "Federally Qualified Health Center", "Veterans Crisis Line", "Mayo Clinic", "Cleveland Clinic", "Legal Information Institute",
    "National Institute", "National Center", "White House", "Casa Blanca", "Opioid Addiction Recovery", "Health Resources", "Substance Abuse", "Center for Substance", "Instituto Nacional", "Centro Nacional",
)  # fmt: skip
BRANDS = {
    "narcan": "naloxone", "kloxxado": "naloxone", "rivive": "naloxone", "zimhi": "naloxone", "suboxone": "buprenorphine", "subutex": "buprenorphine",
    "sublocade": "buprenorphine", "brixadi": "buprenorphine", "zubsolv": "buprenorphine", "vivitrol": "naltrexone", "revia": "naltrexone",
    "dolophine": "methadone", "methadose": "methadone", "lucemyra": "lofexidine", "antabuse": "disulfiram", "campral": "acamprosate",
    "oxycontin": "oxycodone", "percocet": "oxycodone", "roxicodone": "oxycodone", "vicodin": "hydrocodone", "norco": "hydrocodone", "lortab": "hydrocodone",
    "dilaudid": "hydromorphone", "opana": "oxymorphone", "duragesic": "fentanyl", "ultram": "tramadol", "xanax": "alprazolam", "valium": "diazepam",
    "ativan": "lorazepam", "klonopin": "clonazepam", "librium": "chlordiazepoxide", "ambien": "zolpidem", "adderall": "amphetamine", "ritalin": "methylphenidate",
    "tylenol": "acetaminophen", "advil": "ibuprofen", "motrin": "ibuprofen", "aleve": "naproxen", "imodium": "loperamide", "zofran": "ondansetron", "demerol": "meperidine",
    "vyvanse": "lisdexamfetamine", "concerta": "methylphenidate", "lyrica": "pregabalin", "restoril": "temazepam", "halcion": "triazolam", "precedex": "dexmedetomidine",
    "chantix": "varenicline", "neurontin": "gabapentin", "catapres": "clonidine",
}  # fmt: skip
SPANISH_GENERICS = {
    "naloxone": "naloxona", "buprenorphine": "buprenorfina", "naltrexone": "naltrexona", "methadone": "metadona", "lofexidine": "lofexidina", "acamprosate": "acamprosato",
    "oxycodone": "oxicodona", "hydrocodone": "hidrocodona", "hydromorphone": "hidromorfona", "fentanyl": "fentanilo", "amphetamine": "anfetamina", "clonidine": "clonidina",
    "clonazepam": "clonazepam", "varenicline": "vareniclina", "zolpidem": "zolpidem", "gabapentin": "gabapentina",
    "acetaminophen": "acetaminofén", "ibuprofen": "ibuprofeno", "naproxen": "naproxeno", "loperamide": "loperamida", "ondansetron": "ondansetrón", "meperidine": "meperidina",
    "lisdexamfetamine": "lisdexanfetamina", "methylphenidate": "metilfenidato", "pregabalin": "pregabalina", "dexmedetomidine": "dexmedetomidina",
}  # fmt: skip

# Numbers of public services that everybody may print, besides the helplines: 211 (food and shelter), 311 (city services), 711 (relay
# for deaf callers) and 1-800-QUIT-NOW, the states' quitlines.
PUBLIC_NUMBERS = frozenset({"211", "311", "711", "8007848669"})
