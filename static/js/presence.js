// Sends heartbeats while this page is open, and shows who else has it open. The page works without this file, too.
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

  // Heartbeats don't count as activity, but keys and clicks do, so that nobody is signed out while writing.
  let touched = false;
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true; }, true);

  const beat = async () => {
    try {
      const headers = touched ? {} : { "X-Background": "1" };
      touched = false;
      const body = form({ version: box.dataset.version });
      const answer = await fetch(box.dataset.presence, { method: "POST", headers, body, redirect: "manual" });
      // Signed out: the case must not stay visible to the next person at the desk.
      if (answer.type === "opaqueredirect" && "private" in box.dataset) {
        document.documentElement.dataset.signedOut = "";
        return location.reload();
      }
      if (!answer.ok) return;
      const html = (await answer.text()).trim();
      // Screen readers announce changes here, so don't write the same text again.
      if (html !== box.dataset.last) {
        box.dataset.last = html;
        box.innerHTML = html;
      }
    } catch {
      // The next heartbeat tries again. Submitting the form reports a lost connection anyway.
    }
  };

  setInterval(beat, 10000); // milliseconds
  // Who comes back to this tab may have signed out in another one: better known before they type.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") beat(); });
  window.addEventListener("pagehide", () => navigator.sendBeacon(box.dataset.presence, form({ leaving: "1" })));
});
