// Counts keys and clicks on any staff page as presence, and warns three minutes before the person is signed out:
// after some idle minutes, or at the end of a shift whatever they do.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-idle]");
  if (!box) return;
  const WARN = 180; // seconds before the end
  const full = Number(box.dataset.seconds);
  const idle = box.textContent;
  let left = full;
  let asked = Date.now();
  let touched = false;
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true; }, true);

  async function ask() {
    const headers = touched ? {} : { "X-Background": "1" };
    touched = false;
    asked = Date.now();
    try {
      const answer = await fetch(box.dataset.idle, { headers, redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        box.textContent = box.dataset.signedOut;
        box.hidden = false;
        left = Infinity;
        return;
      }
      if (answer.ok) {
        const state = await answer.json();
        left = state.seconds;
        const words = state.whatever_happens ? box.dataset.shift : idle;
        if (box.textContent !== words) box.textContent = words;
      }
    } catch {
      // Asked again in ten seconds.
    }
    box.hidden = left > WARN;
  }

  setInterval(() => {
    const rest = left - (Date.now() - asked) / 1000;
    if (touched ? rest < full - 60 : rest < WARN) ask();
  }, 10000);
  // Who comes back to this tab may have signed out in another one: better known before they type.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); });
});
