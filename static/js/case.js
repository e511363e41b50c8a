// Tells that this case is open here, and shows who else has it open. Everything on the page works without this file, too.
"use strict";

(() => {
  const box = document.querySelector("[data-presence]");
  if (!box) return;

  // Asking who is here is no sign that somebody is; a key or a click is, so that nobody is signed out while writing.
  let touched = false;
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true; }, true);

  async function ask() {
    try {
      const headers = touched ? {} : { "X-Background": "1" };
      touched = false;
      const answer = await fetch(box.dataset.presence, { headers, redirect: "manual" });
      // Signed out: what is on this screen must not stay for the next person at the desk.
      if (answer.type === "opaqueredirect") return location.reload();
      if (!answer.ok) return;
      const html = await answer.text();
      // A screen reader speaks what changes here, so the same words are not written twice.
      if (html.trim() !== box.dataset.last) {
        box.dataset.last = html.trim();
        box.innerHTML = html;
      }
    } catch {
      // The next try may get through; a case page must never be in the way of its own form.
    }
  }

  setInterval(ask, 10000); // milliseconds

  // The style sheet hides the contact details after five minutes; here they leave the page as well.
  for (const details of document.querySelectorAll("#contact dl")) {
    details.addEventListener("animationend", () => details.replaceChildren());
  }
})();
