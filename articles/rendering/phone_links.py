"""Makes the phone numbers in a guide links that call them or begin a text message."""

from lxml.html import HtmlElement, builder

from recovery_site import languages, phones

NOT_INSIDE = {"a", "h1", "h2", "h3", "h4", "h5", "h6", "code", "pre"}


def link_numbers(root: HtmlElement) -> None:
    """Link the numbers in `root`, except in headings, links and code. The texts are in the active language."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or any(above.tag in NOT_INSIDE for above in (element, *element.iterancestors())):
            continue
        for child in list(element):
            child.tail = _link_in(element, child.tail, list(element).index(child) + 1)
        element.text = _link_in(element, element.text, 0)


def _link_in(element: HtmlElement, text: str | None, position: int) -> str | None:
    """Insert the numbers of `text` as links into `element` from `position` on; return what is left before the first."""
    numbers = list(phones.numbers_in(text or "", languages.current()))
    if not text or not numbers:
        return text
    ends = [number.start for number in numbers[1:]] + [len(text)]
    for place, (number, end) in enumerate(zip(numbers, ends, strict=True)):
        link = builder.A(text[number.start : number.end], href=number.href)
        link.tail = text[number.end : end]
        element.insert(position + place, link)
    return text[: numbers[0].start]
