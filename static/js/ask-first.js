// Asks before somebody leaves a page with what they ticked or typed. For forms that no draft is kept of.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-ask-first]");
  if (!form) return;
  let unsent = form.dataset.askFirst === "refused"; // what was typed stands in the form again
  form.addEventListener("input", () => { unsent = true; });
  form.addEventListener("submit", () => { unsent = false; });
  // Never when somebody is signed out, who must not find the page open.
  window.addEventListener("beforeunload", (event) => {
    if (unsent && !("signedOut" in document.documentElement.dataset)) event.preventDefault();
  });
});
