/* Pasting into the guide editor, from Google Docs, Word and web pages: keeps what a guide may hold and says what it left out.
   The lists come from articles/markup.py. The CSP keeps style attributes from being applied, so they are read as text. */
import { Extension } from "django-prose-editor/editor"

const WITH_CONTENT = /<(style|script|template|title)\b[\s\S]*?<\/\1\s*>/gi
const TAG = /<[a-z][^>]*>/gi
const EMBEDDED = "iframe, object, embed, video, audio, canvas, svg, math, map"
const FIELDS = "input, select, textarea, button"
const BLOCKS = "p, div, ul, ol, table, blockquote, h1, h2, h3, h4, h5, h6, figure, aside, section, article"
const HEADINGS = "h1, h2, h3, h4, h5, h6"
const LETTERS = { "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i", "upper-roman": "I" }
const KEPT = ["href", "src", "alt", "start", "type", "colspan", "rowspan"]
const MARKER = /^[\s\u00a0]*([·•o§▪◦–-]|\(?(?:\d{1,3}|[a-z]|[ivxlc]{1,5})[.)])[\s\u00a0]+/i
const NUMBER = /^\(?(?:(\d{1,3})|([ivxlc]{1,5})|([a-z]))[.)]$/i
const NOTE = /^#_?(?:ftn|edn|fn|footnote|endnote)/i
const COMMENT = /^#_?(?:cmnt|msocom|msoanchor)/i
const BACK_TO_COMMENT = /^#_?(?:cmnt_ref|msoanchor)/i
const fragment = (link) => { const stated = link.getAttribute("href") || ""; return stated.slice(stated.lastIndexOf("#")) }

const all = (root, selector) => [...root.querySelectorAll(selector)]
const styleOf = (element, name) => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(element.dataset.style || "")?.[1].trim().toLowerCase()
const unwrap = (element) => element.replaceWith(...element.childNodes)

const rename = (element, tag) => {
  const renamed = element.ownerDocument.createElement(tag)
  for (const { name, value } of element.attributes) renamed.setAttribute(name, value)
  renamed.append(...element.childNodes)
  element.replaceWith(renamed)
}

const wrapContent = (element, tag) => {
  const wrapper = element.ownerDocument.createElement(tag)
  wrapper.append(...element.childNodes)
  element.append(wrapper)
}

const parse = (html) => {
  const harmless = html.replace(WITH_CONTENT, "").replace(TAG, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="))
  return new DOMParser().parseFromString(harmless, "text/html").body
}

const remove = (elements, kind, report) => {
  for (const element of elements) {
    if (!element.isConnected) continue
    report.add(kind)
    element.remove()
  }
}

/* Comments of colleagues, hidden words, pictures, films and fields don't belong into a guide. */
const leaveOut = (body, options, report) => {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const comments = []
  while (walker.nextNode()) comments.push(walker.currentNode)
  for (const comment of comments) comment.remove()
  for (const element of all(body, "meta, link, base, br.Apple-interchange-newline")) element.remove()
  const says = (pattern) => all(body, "[data-style]").filter((element) => pattern.test(element.dataset.style))
  remove(says(/mso-element\s*:\s*comment/i), "comments", report)
  for (const link of all(body, "a").filter((each) => COMMENT.test(fragment(each)))) {
    if (BACK_TO_COMMENT.test(fragment(link))) remove([link.closest("p, li") || link], "comments", report)
    else(link.closest("sup") || link).remove()
  }
  const hidden = says(/display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all/i)
  remove([...hidden, ...all(body, "[hidden], [aria-hidden=true]")].filter((element) => element.textContent.trim()), "hidden", report)
  remove(all(body, EMBEDDED), "embedded", report)
  remove(all(body, FIELDS), "fields", report)
  const own = new RegExp(`^${options.picture}$`)
  for (const image of all(body, "img")) {
    const address = new URL(image.getAttribute("src") || "", location.href)
    if (address.origin === location.origin && own.test(address.pathname)) image.setAttribute("src", address.pathname)
    else remove([image], "pictures", report)
  }
  for (const element of all(body, "s, strike, del")) {
    report.check("struck")
    unwrap(element)
  }
}

/* Take the sign or number before an item of Word away, and return it. */
const takeMarker = (item) => {
  const marked = all(item, "[data-style]").find((element) => /mso-list\s*:\s*ignore/i.test(element.dataset.style))
  if (marked) {
    marked.remove()
    return marked.textContent.replace(/\u00a0/g, " ").trim()
  }
  const found = MARKER.exec(item.textContent)
  if (!found) return ""
  let rest = found[0].length
  const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT)
  while (rest && walker.nextNode()) {
    const cut = Math.min(rest, walker.currentNode.length)
    walker.currentNode.deleteData(0, cut)
    rest -= cut
  }
  return found[1]
}

const newList = (owner, marker) => {
  const number = NUMBER.exec(marker)
  const list = owner.createElement(number ? "ol" : "ul")
  if (!number) return list
  const [, digits, roman, letter] = number
  if (digits && digits !== "1") list.setAttribute("start", digits)
  const sign = roman || letter
  if (sign) list.setAttribute("type", /^[iI]$/.test(sign) ? sign : sign === sign.toLowerCase() ? "a" : "A")
  return list
}

/* Word's items are paragraphs with a level in their style. */
const makeLists = (body) => {
  const isItem = (element) => /mso-list\s*:\s*l\d/i.test(element.dataset.style || "") || /\bMsoListParagraph/.test(element.className)
  let open = [] // the lists around the item before, from the outermost
  let before = null
  for (const item of all(body, "p").filter(isItem)) {
    const [, id = "", level = "1"] = /mso-list\s*:\s*(l\d+)\s+level(\d+)/i.exec(item.dataset.style || "") || []
    const marker = takeMarker(item)
    if (!id && !marker) continue
    if (!before || item.previousElementSibling !== before) open = []
    while (open.length && open.at(-1).level > level) open.pop()
    const kind = NUMBER.test(marker) ? "OL" : "UL"
    if (open.length && open.at(-1).level === level && (open.at(-1).id !== id || open.at(-1).list.tagName !== kind)) open.pop()
    if (!open.length || open.at(-1).level < level) {
      const list = newList(body.ownerDocument, marker)
      const around = open.at(-1)?.list.lastElementChild
      if (around) around.append(list)
      else item.before(list)
      open.push({ level, id, list })
    }
    const entry = body.ownerDocument.createElement("li")
    entry.append(...item.childNodes)
    open.at(-1).list.append(entry)
    before = open[0].list
    item.remove()
  }
  // Google Docs puts a list within a list between its items.
  for (const list of all(body, "ul > ul, ul > ol, ol > ul, ol > ol")) {
    const item = list.previousElementSibling
    if (item) item.append(list)
    else unwrap(list)
  }
  for (const list of all(body, "ol")) {
    const letters = LETTERS[styleOf(list, "list-style-type") || (list.firstElementChild && styleOf(list.firstElementChild, "list-style-type"))]
    if (letters) list.setAttribute("type", letters)
  }
}

/* Formats are in styles: Google Docs wraps everything in a <b> of normal weight. */
const keepFormats = (body) => {
  const isBold = (weight) => weight === "bold" || weight === "bolder" || Number(weight) >= 600
  for (const element of all(body, "b, strong")) {
    const weight = styleOf(element, "font-weight")
    if (weight && !isBold(weight)) unwrap(element)
  }
  for (const element of all(body, "[data-style]")) {
    const raised = { super: "sup", sub: "sub" } [styleOf(element, "vertical-align")]
    if (raised) wrapContent(element, raised)
    if (styleOf(element, "font-style") === "italic") wrapContent(element, "em")
    if (isBold(styleOf(element, "font-weight")) && !element.closest("b, strong")) wrapContent(element, "strong")
  }
  for (const element of all(body, "p.MsoTitle")) rename(element, "h1")
  for (const heading of all(body, HEADINGS))
    for (const bold of all(heading, "b, strong")) unwrap(bold)
}

const directed = (address, redirectors) => {
  for (let step = 0; step < 3; step += 1) {
    const found = redirectors.find(([host, path]) => new RegExp(`^(?:${host})$`).test(address.hostname) && address.pathname.startsWith(path))
    const target = found?.[2].map((name) => address.searchParams.get(name)).find((value) => /^https?:\/\//.test(value || ""))
    if (!target || !URL.canParse(target)) break
    address = new URL(target)
  }
  return address
}

const keepLinks = (body, options, report) => {
  for (const link of all(body, "a")) {
    const stated = link.getAttribute("href") || ""
    if (NOTE.test(fragment(link))) report.check("notes")
    else if (URL.canParse(stated)) {
      const address = directed(new URL(stated), options.redirectors)
      if (options.schemes.includes(address.protocol.slice(0, -1))) {
        const here = address.origin === location.origin
        link.setAttribute("href", here ? address.pathname + address.search + address.hash : address.href)
        continue
      }
      report.add("links")
    } else if (stated.startsWith("/")) continue
    else if (stated) report.add("links")
    unwrap(link)
  }
}

const tidy = (body, options) => {
  for (const element of all(body, "aside:not(.callout)")) unwrap(element)
  for (const figure of all(body, "figure")) {
    if (figure.querySelector("img")) continue
    for (const caption of all(figure, "figcaption")) rename(caption, "p")
    unwrap(figure)
  }
  // The page raises the numbers of sources by itself.
  for (const raised of all(body, "sup"))
    if (/^\[\d{1,3}\]$/.test(raised.textContent.trim())) unwrap(raised)
  for (const element of all(body, "br")) {
    const beside = [element.previousSibling, element.nextSibling].filter((node) => node && !/^(BR|HR)$/.test(node.nodeName))
    if (!beside.some((node) => node.nodeType === Node.TEXT_NODE ? node.data.trim() : !node.matches(BLOCKS))) element.remove()
  }
  for (const [spelling, tag] of Object.entries(options.spellings)) {
    if (tag !== "tbody")
      for (const element of all(body, spelling)) rename(element, tag)
  }
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.replace(/\u00a0+/g, " ")
  for (const element of all(body, "*")) {
    const ours = element.matches("aside.callout, p.callout-title")
    for (const { name } of [...element.attributes])
      if (!KEPT.includes(name) && !(ours && name === "class")) element.removeAttribute(name)
  }
  for (const element of all(body, "p, h2, h3, li"))
    if (!element.textContent.trim() && !element.querySelector("img")) element.remove()
}

class Report {
  constructor(words) {
    this.words = words
    this.left = new Map()
    this.checks = new Set()
  }
  add(kind) { this.left.set(kind, (this.left.get(kind) || 0) + 1) }
  check(kind) { this.checks.add(kind) }
  toString() {
    const left = [...this.left].map(([kind, count]) => `${this.words[kind]} (${count})`).join(", ")
    const checks = [...this.checks].map((kind) => this.words[kind]).join(" ")
    return [left && `${this.words.leftOut} ${left}.`, checks].filter(Boolean).join(" ")
  }
}

export const GuidePaste = Extension.create({
  name: "guidePaste",
  addOptions: () => ({ spellings: {}, redirectors: [], schemes: [], picture: "", words: {} }),
  onCreate() {
    this.storage.status = Object.assign(document.createElement("p"), { className: "help paste-report" })
    this.storage.status.setAttribute("aria-live", "polite")
    this.editor.view.dom.closest(".prose-editor")?.append(this.storage.status)
  },
  transformPastedHTML(html) {
    if (html.includes("data-pm-slice")) return html // copied in an editor like this one
    const report = new Report(this.options.words)
    const body = parse(html)
    leaveOut(body, this.options, report)
    makeLists(body)
    keepFormats(body)
    keepLinks(body, this.options, report)
    tidy(body, this.options)
    this.storage.status.textContent = String(report)
    return body.innerHTML
  },
})
