/* Tells the server that this editor is open, and its reader who else has the guide open or saved it since. */
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  const notice = document.getElementById("presence")
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")
  const seen = document.querySelector("input[name=seen_version]")
  if (!notice || !token) return

  const say = (words) => {
    if (notice.textContent !== words) notice.textContent = words
    notice.hidden = !words
  }

  const form = (leaving) => {
    const data = new FormData()
    data.set("csrfmiddlewaretoken", token.value)
    if (leaving) data.set("leaving", "1")
    return data
  }

  // A beat is no sign that somebody is there; a key or a click is, so that nobody is signed out while writing.
  let touched = false
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true }, true)

  const beat = async () => {
    try {
      const headers = touched ? {} : { "X-Background": "1" }
      touched = false
      const response = await fetch(notice.dataset.url, { method: "POST", headers, body: form(false), credentials: "same-origin" })
      if (!response.ok) return
      const { others, version } = await response.json()
      const words = []
      if (others.length) words.push(notice.dataset.others.replace("%s", others.join(", ")))
      if (seen && Number(seen.value) < version) words.push(notice.dataset.newer)
      say(words.join(" "))
    } catch {
      // The next beat tries again; saving tells of a lost connection anyway.
    }
  }

  setInterval(beat, 10000)
  window.addEventListener("pagehide", () => navigator.sendBeacon(notice.dataset.url, form(true)))
})
