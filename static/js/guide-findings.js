/* Shows the text or the field in the editor that a finding is about. Without this file only the excerpt is shown. */
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("checks")
  if (!panel) return
  const BLOCKS = "p, li, h2, h3, td, th, figcaption"
  const FIELDS = "#id_title, #id_summary, #id_at_a_glance, #id_content_note, #id_contact_heading, #id_contact_text, .inline-related input, .inline-related textarea"
  const plain = (words) => words.replace(/\s+/g, " ").trim()
  // “…the middle of a sentence…”, “[3] Title of a source”
  const quoted = (button) => plain(button.closest(".finding").querySelector("blockquote").textContent).replace(/^…|…$/g, "").replace(/^\[\d+\] /, "").trim()

  const pieces = (block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
    const nodes = []
    while (walker.nextNode()) nodes.push(walker.currentNode)
    return nodes
  }

  // Returns the range of `words` in a block. White space in the page and in the excerpt may differ.
  const range = (block, words) => {
    const places = []
    let text = ""
    for (const node of pieces(block)) {
      for (let at = 0; at < node.data.length; at += 1) {
        const space = /\s/.test(node.data[at])
        if (space && (!text || text.endsWith(" "))) continue
        text += space ? " " : node.data[at]
        places.push([node, at])
      }
    }
    const start = text.indexOf(words)
    if (start < 0) return null
    const result = document.createRange()
    result.setStart(...places[start])
    const [last, at] = places[start + words.length - 1]
    result.setEnd(last, at + 1)
    return result
  }

  const inText = (words) => {
    for (const block of document.querySelectorAll(`.ProseMirror[contenteditable=true] :is(${BLOCKS})`)) {
      const match = range(block, words)
      if (!match) continue
      block.scrollIntoView({ block: "center" })
      if (window.CSS?.highlights) CSS.highlights.set("finding", new Highlight(match))
      return true
    }
    return false
  }

  const inField = (words) => {
    for (const field of document.querySelectorAll(FIELDS)) {
      const at = field.value.indexOf(words)
      if (at < 0) continue
      field.scrollIntoView({ block: "center" })
      field.focus({ preventScroll: true })
      if (field.matches("textarea, [type=text]")) field.setSelectionRange(at, at + words.length)
      return true
    }
    return false
  }

  for (const button of panel.querySelectorAll(".show-place")) {
    button.hidden = false
    button.addEventListener("click", () => {
      const words = quoted(button)
      const notFound = button.parentElement.querySelector(".place-gone")
      notFound.hidden = inText(words) || inField(words)
    })
  }
})
