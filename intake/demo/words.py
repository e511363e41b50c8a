"""What the invented people of the demo wrote. Everyone is called Example, so that nobody takes them for somebody."""

NAMES = (
    "Avery", "Blake", "Casey", "Drew", "Ellis", "Frankie", "Gray", "Harper", "Indigo", "Jules", "Kai", "Lane", "Morgan", "Nico", "Oakley",
    "Parker", "Quinn", "Reese", "Sage", "Taylor", "Umber", "Val", "Winter", "Xen", "Yael", "Zion", "Alba", "Bruno", "Celia", "Dario",
)  # fmt: skip
SPANISH_NAMES = ("Marisol", "Joaquín", "Lucero", "Tadeo")

# (for whom, substances, text)
ORDINARY = (
    ("self", ["alcohol"], "I drink most evenings and want to cut down. What would the first visit look like?"),
    ("self", ["opioids"], "I take buprenorphine and I am moving to Springfield. Can you go on with it?"),
    ("other", ["alcohol"], "My sister drinks more since the winter. How do I talk with her about it?"),
    ("self", ["cannabis"], "I smoke weed on most evenings and would like to stop. Do you help with that, too?"),
    ("self", ["stimulants"], "I used again after five months. I would like to talk to somebody this week."),
    ("professional", ["alcohol"], "I am a social worker and look for a day program for a client who speaks Spanish."),
    ("self", ["alcohol"], "What does it cost without insurance? I work nights, mornings are best."),
    ("other", ["opioids"], "My son says that he is ready for treatment. What do we need to bring?"),
    ("self", ["unsure"], "I take sleeping pills that were my mother’s and I don’t like how it goes."),
    ("other", ["stimulants"], "My friend asked me to write. He wants to know whether his job finds out."),
    ("self", ["alcohol"], "My doctor said that I should ask you about naltrexone."),
    ("self", ["alcohol", "cannabis"], "I have two small children. Is there a group in the evening with somebody who looks after them?"),
)
URGENT = (
    ("self", ["alcohol"], "I drink wine every day and want to stop this week. What should I know before?", {"daily_use": "stopping"}),
    ("self", ["opioids"], "I am pregnant and I use. I am afraid to tell my doctor.", {"pregnancy": "yes"}),
    ("self", ["benzodiazepines"], "My Xanax runs out on Friday. I took it every day for two years.", {"daily_use": "stopping"}),
)
DANGER = ("other", ["opioids"], "My brother took a lot of pills and he is hard to wake. What do I do?", {"danger_now": True})
SPANISH = (
    ("self", ["alcohol"], "Quiero dejar de beber poco a poco. ¿Atienden en español por la tarde?"),
    ("other", ["alcohol"], "Mi hermano quiere ayuda. ¿Cuánto cuesta si no tiene seguro?"),
    ("other", ["cannabis"], "Mi hija adulta fuma todos los días. ¿Hay un grupo para la familia?"),
    ("self", ["stimulants"], "Llevo tres semanas sin consumir y me cuesta mucho. ¿Puedo hablar con alguien?"),
)
ADVERTISEMENT: tuple[str, list[str], str] = ("unsaid", [], "Buy followers for your site: https://followers.example https://more.example")

REPLY = "Thank you for writing. We can talk tomorrow between nine and noon, or you write here when it suits you. (This is a demo.)"
SPANISH_REPLY = (
    "Gracias por escribir. Podemos hablar mañana entre las nueve y las doce, o escriba aquí cuando quiera. (Es una demostración.)"
)
ANSWER = "Tomorrow at ten is fine. Please don’t leave a message if I don’t pick up."
NOTE = "Prefers short calls. Asked twice what it costs: the sheet about paying went with the reply."
CONSENT = {
    "person": "the invented person of this case",
    "discloser": "Harbor House (demo)",
    "recipient": "Meadow Clinic (invented)",
    "what": "That they asked for help, and when they can come",
    "purpose": "A place in the day program",
}
