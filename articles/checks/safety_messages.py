"""What the findings of clinical-safety say: what is wrong, why it matters, what to do and who says so."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ASAM = "ASAM National Practice Guideline for Opioid Use Disorder, 2020 update"
STRANG = "Strang et al. 2003 (BMJ 326:959); ASAM 2020"
BENZO = "Joint Clinical Practice Guideline on Benzodiazepine Tapering 2025 (PMC12463801)"
ALCOHOL = "ASAM Clinical Practice Guideline on Alcohol Withdrawal Management 2020"
MMWR = "Darke et al. 2017 (Addiction 112:199); MMWR, 1 May 2025 (medetomidine)"
STIMULANTS = "ASAM/AAAP Clinical Practice Guideline on Stimulant Use Disorder 2023"
NALOXONE = f"{ASAM}; FDA, 29 March 2023 (over the counter)"
PREGNANCY = "ACOG and ASAM, Committee Opinion 711, 2017"
OVERDOSE = "SAMHSA Overdose Prevention and Response Toolkit"
Words = str | Promise


@dataclass(frozen=True)
class Message:
    """The texts of a finding. `asserted` is said of a dangerous sentence, `missing` of a guide that lacks the fact."""

    reason: Words
    suggestion: Words
    source: str
    missing: Words = ""
    asserted: Words = ""


_MEDICINES_REASON = _("Methadone and buprenorphine are the first choice and lower the risk of dying; care without medicine did not.")
_AMOUNT_REASON = _("A dose that is right for one person can kill another; readers without a prescriber would follow it.")
_AMOUNT_SUGGESTION = _("Leave out the amount and say who decides it: a clinician, with the person.")
_SUDDEN_REASON = _("Withdrawal from alcohol and from benzodiazepines can be fatal, and readers may stop the day they read this.")
_SUDDEN_SUGGESTION = _("Say near the top: don’t stop suddenly by yourself, it can kill; see a doctor first.")

MESSAGES = {
    "tolerance": Message(
        missing=_("It doesn’t say that tolerance falls after a break, and that a former dose can then kill."),
        reason=_("The weeks after detox, a hospital stay or jail are dangerous: the body no longer bears what it bore before."),
        suggestion=_(
            "Say that tolerance is lost within days, that the amount used before can kill now, and what protects: medicine and naloxone."
        ),
        source=STRANG,
    ),
    "naloxone": Message(
        missing=_("It doesn’t mention naloxone."),
        reason=_("Naloxone brings back breathing in an overdose, can be bought without prescription, and does no harm without opioids."),
        suggestion=_("Say what naloxone does, where to get it, and to call the emergency number all the same."),
        source=NALOXONE,
    ),
    "naloxone-denied": Message(
        asserted=_("It says that naloxone isn’t needed, or doesn’t work."),
        reason=_("Naloxone brings back breathing in an overdose, can be bought without prescription, and does no harm without opioids."),
        suggestion=_("Say what naloxone does, where to get it, and to call the emergency number all the same."),
        source=NALOXONE,
    ),
    "medicines": Message(
        missing=_("It names treatments, but not: %(names)s."),
        reason=_MEDICINES_REASON,
        suggestion=_("Name buprenorphine, methadone and naltrexone as treatments, with what each asks of a person."),
        source=ASAM,
    ),
    "medicines-denied": Message(
        asserted=_("It speaks against the medicines for opioid use disorder."),
        reason=_MEDICINES_REASON,
        suggestion=_("Say what the medicines do, with a source. If your program doesn’t offer them, say who does."),
        source=ASAM,
    ),
    "sudden-stop": Message(
        missing=_("It doesn’t say that stopping suddenly can kill."),
        reason=_SUDDEN_REASON,
        suggestion=_SUDDEN_SUGGESTION,
        source=f"{ALCOHOL}; {BENZO}",
    ),
    "sedatives": Message(
        missing=_("It doesn’t say that stopping suddenly can kill."),
        reason=_("Sleep medicines, barbiturates, gabapentin, baclofen, GHB and others can bring on seizures when they end suddenly."),
        suggestion=_SUDDEN_SUGGESTION,
        source=BENZO,
    ),
    "sudden-stop-safe": Message(
        asserted=_("It says that stopping suddenly is safe."),
        reason=_SUDDEN_REASON,
        suggestion=_SUDDEN_SUGGESTION,
        source=f"{ALCOHOL}; {BENZO}",
    ),
    "seizures": Message(
        missing=_("It doesn’t name seizures."),
        reason=_("A seizure is the danger that comes first, often within two days, and that bystanders can act on."),
        suggestion=_("Name seizures as a danger of stopping suddenly, and as a reason to call the emergency number."),
        source=f"{ALCOHOL}; {BENZO}",
    ),
    "called-harmless": Message(
        asserted=_("It says that withdrawal isn’t dangerous."),
        reason=_("People die of it: of seizures, of vomiting and diarrhea without care, and of what street fentanyl is mixed with."),
        suggestion=_("Say that it is rarely deadly with care, and name the danger signs."),
        source=MMWR,
    ),
    "emergency-signs": Message(
        missing=_("No part of it names the emergency number together with two danger signs."),
        reason=_("Somebody may read this beside a person who is dying, and looks for one thing."),
        suggestion=_("Add a section “When to get emergency help” with the signs and the number to call."),
        source="ASAM 2020; SAMHSA TIP 63",
    ),
    "crisis-line": Message(
        missing=_("It names no crisis line."),
        reason=_(
            "Thoughts of suicide are common in withdrawal, and a line answers day and night. A line for finding treatment is not one."
        ),
        suggestion=_("Name the crisis line (988 in the US: call or text)."),
        source="988 Suicide & Crisis Lifeline (SAMHSA)",
    ),
    "dose": Message(asserted=_("It gives a dose."), reason=_AMOUNT_REASON, suggestion=_AMOUNT_SUGGESTION, source=ASAM),
    "taper": Message(asserted=_("It gives a taper schedule."), reason=_AMOUNT_REASON, suggestion=_AMOUNT_SUGGESTION, source=BENZO),
    "stimulants": Message(
        missing=_("A guide on stimulants doesn’t name: %(names)s."),
        asserted=_("It makes a danger of stimulants look harmless."),
        reason=_("People die of the heart, of heat, of suicide in the crash, and of fentanyl in the powder."),
        suggestion=_("Name chest pain, overheating and thoughts of suicide as reasons to call, and fentanyl with naloxone."),
        source=STIMULANTS,
    ),
    "cannabis": Message(
        missing=_("A guide on cannabis doesn’t name: %(names)s."),
        asserted=_("It makes a danger of cannabis look harmless."),
        reason=_("Vomiting that won’t stop and psychosis need a doctor, and readers take them for a part of it."),
        suggestion=_("Say when to see a doctor: vomiting that won’t stop, hearing voices, fear of being followed."),
        source="",
    ),
    "overdose-steps": Message(
        missing=_("The steps in an overdose lack: %(names)s."),
        asserted=_("It advises what costs time or harms in an overdose."),
        reason=_("A brain without oxygen is harmed within minutes, and readers do what stands here."),
        suggestion=_("Call, naloxone, breaths, on the side, stay, a second dose; no cold shower, and nobody sleeps it off."),
        source=OVERDOSE,
    ),
    "pregnancy": Message(
        missing=_("It doesn’t say what pregnant readers must know: don’t stop suddenly, ask first."),
        asserted=_("It tells pregnant readers to stop at once, or keeps medicine from them."),
        reason=_("Sudden withdrawal can harm the pregnancy. Methadone and buprenorphine are the treatment then."),
        suggestion=_("Say: if you are pregnant, don’t stop suddenly; call a clinic first."),
        source=PREGNANCY,
    ),
    "mixing": Message(
        missing=_("It doesn’t say what must not be mixed."),
        asserted=_("It recommends a drink or a sedative."),
        reason=_("Opioids with alcohol, benzodiazepines, gabapentin or muscle relaxants can stop the breathing."),
        suggestion=_("Say what must not be taken together, and that it can stop the breathing."),
        source="FDA, 31 August 2016 (opioids with benzodiazepines); FDA, 19 December 2019 (gabapentinoids)",
    ),
    "timing": Message(
        missing=_("It names buprenorphine or naltrexone without saying when they may be started."),
        asserted=_("It starts buprenorphine or naltrexone too early."),
        reason=_("Too early, they bring on sudden and severe withdrawal."),
        suggestion=_(
            "Say: buprenorphine when withdrawal has begun; naltrexone only when opioids are out of the body; a clinician decides."
        ),
        source=ASAM,
    ),
    "thiamine": Message(
        missing=_("It doesn’t mention thiamine or the signs of its lack."),
        asserted=_("It says that thiamine isn’t needed."),
        reason=_("Without thiamine, the brain can be damaged for good within days: confusion, unsteady walking, eye trouble."),
        suggestion=_("Say to ask for thiamine, and name the signs as an emergency."),
        source=ALCOHOL,
    ),
    "children": Message(
        missing=_("It doesn’t say to keep the medicine or the edibles locked away from children."),
        asserted=_("It puts medicine where children can reach it, or calls that harmless."),
        reason=_("One tablet, patch or sip can kill a child, hours later and without warning."),
        suggestion=_("Say: lock it away; if a child took some, call at once, even if the child looks well."),
        source="",
    ),
    "forbidden-advice": Message(
        asserted=_("It gives advice that has killed people."),
        reason=_("Shared or endless medicine, drugs from the shop, and doing without a doctor are how readers die who followed a page."),
        suggestion=_("Take it out. Say why it is dangerous and what helps instead."),
        source="FDA, 7 June 2016 (loperamide); FDA on kratom and tianeptine; ASAM 2020",
    ),
    "suspected-advice": Message(
        asserted=_("This may be dangerous advice. If it is right, say why."),
        reason=_("It sounds like advice that has harmed people. The words are new to us, so a person must judge them."),
        suggestion=_("Take it out, or say what is safe instead. If it is right as it is, give that as the reason."),
        source="FDA, 7 June 2016 (loperamide); FDA on kratom and tianeptine; ASAM 2020",
    ),
    "position": Message(
        missing=_("The emergency signs stand far down."),
        reason=_("Who reads in an emergency doesn’t scroll. The danger must stand in the first fifth of the guide."),
        suggestion=_("Move the emergency part up, or say the signs and the number At a glance."),
        source="ASAM 2020; SAMHSA TIP 63",
    ),
    "time-bands": Message(
        missing=_("A time band says that it is over before day 10, without a warning beside it."),
        reason=_("Delirium can begin late. A reader with confusion on day 7 would take this as an all-clear."),
        suggestion=_("Say beside it: confusion, fever or a seizure can still come; call, whatever the day."),
        source=ALCOHOL,
    ),
}

# The parts of facts that have several.
PARTS = {
    "call": _("the emergency call"),
    "naloxone": _("naloxone"),
    "breaths": _("breaths or CPR"),
    "side": _("lying on the side"),
    "stay": _("staying with the person"),
    "second": _("a second dose"),
    "never": _("what never to do (cold shower, sleeping it off)"),
    "chest": _("chest pain"),
    "heat": _("overheating"),
    "mood": _("thoughts of suicide"),
    "fentanyl": _("fentanyl or naloxone"),
    "vomiting": _("vomiting that won’t stop"),
    "psychosis": _("hearing voices or fear of being followed"),
    "buprenorphine": _("buprenorphine"),
    "methadone": _("methadone"),
    "naltrexone": _("naltrexone"),
}
NO_DATA = Message(
    missing=_("This check has no words for this language, and has judged nothing."),
    reason=_("What no pattern judges, a reviewer must."),
    suggestion=_("Read the guide against the list of facts, line by line."),
    source="docs/editorial/checks.md",
)
