// Tells that this page is open here, and shows who else has it open. Everything on the page works without this file, too.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-presence]");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!box || !token) return;

  const form = (fields) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", token.value);
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    return data;
  };

  // A beat is no sign that somebody is there; a key or a click is, so that nobody is signed out while writing.
  let touched = false;
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true; }, true);

  const beat = async () => {
    try {
      const headers = touched ? {} : { "X-Background": "1" };
      touched = false;
      const body = form({ version: box.dataset.version });
      const answer = await fetch(box.dataset.presence, { method: "POST", headers, body, redirect: "manual" });
      // Signed out: a person's case must not stay on this screen for the next one at the desk.
      if (answer.type === "opaqueredirect" && "private" in box.dataset) return location.reload();
      if (!answer.ok) return;
      const html = (await answer.text()).trim();
      // A screen reader speaks what changes here, so the same words are not written twice.
      if (html !== box.dataset.last) {
        box.dataset.last = html;
        box.innerHTML = html;
      }
    } catch {
      // The next beat tries again; sending the page's own form tells of a lost connection anyway.
    }
  };

  setInterval(beat, 10000); // milliseconds
  window.addEventListener("pagehide", () => navigator.sendBeacon(box.dataset.presence, form({ leaving: "1" })));
});
