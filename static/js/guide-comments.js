// Puts a mark beside each section of the editor that has open comments, and leads from a comment to its section and back.
document.addEventListener("DOMContentLoaded", () => {
  const comments = [...document.querySelectorAll("#comments .comment[data-section]")].filter((comment) => comment.dataset.section)
  if (!comments.length) return
  const words = (element) => element.textContent.replace(/\[\d+\]/g, "").replace(/\s+/g, " ").trim()
  const headingOf = (section) => [...document.querySelectorAll(".ProseMirror[contenteditable=true] :is(h2, h3)")].find((heading) => words(heading) === section)
  const marks = new Map()

  const place = () => {
    for (const [section, mark] of marks) {
      const heading = headingOf(section)
      mark.hidden = !heading
      if (!heading) continue
      const frame = mark.parentElement.getBoundingClientRect()
      mark.style.insetBlockStart = `${heading.getBoundingClientRect().top - frame.top}px`
    }
  }

  const begin = () => {
    const editor = document.querySelector(".ProseMirror[contenteditable=true]")
    const frame = editor?.parentElement
    if (!frame) return false
    frame.classList.add("has-comment-marks")
    for (const comment of comments) {
      const { section } = comment.dataset
      const show = comment.querySelector(".show-place")
      show.hidden = false
      show.addEventListener("click", () => headingOf(section)?.scrollIntoView({ block: "center" }))
      if (marks.has(section)) {
        marks.get(section).textContent = `${Number(marks.get(section).textContent) + 1}`
        continue
      }
      const mark = document.createElement("a")
      mark.href = `#${comment.id}`
      mark.className = "comment-mark"
      mark.textContent = "1"
      mark.setAttribute("aria-label", `${document.getElementById("comments-title").textContent.trim()}: ${section}`)
      frame.append(mark)
      marks.set(section, mark)
    }
    place()
    const sizes = new ResizeObserver(place)
    sizes.observe(editor)
    sizes.observe(frame) // the buttons above the text come later
    editor.addEventListener("input", place)
    return true
  }

  // The editor is made by another script, perhaps later than this one runs.
  if (!begin()) {
    const waiting = new MutationObserver(() => begin() && waiting.disconnect())
    waiting.observe(document.body, { childList: true, subtree: true })
  }
})
