// Puts reply templates in at the cursor, and removes contact details and the way to take a reply back when their time is over. The page works without this file, too.
"use strict";

(() => {
  // The style sheet only hides the contact details; this removes them.
  for (const details of document.querySelectorAll("#contact dl")) {
    details.addEventListener("animationend", () => details.replaceChildren());
  }
  for (const passing of document.querySelectorAll(".take-back")) {
    passing.addEventListener("animationend", () => passing.remove());
  }

  const putIn = document.querySelector("[data-put-in]");
  const reply = document.querySelector("textarea[name=reply-text]");
  putIn?.addEventListener("click", (event) => {
    const text = document.getElementById("template").selectedOptions[0]?.dataset.text;
    if (!text) return;
    event.preventDefault();
    reply.focus();
    // Typed by the browser, so that "undo" takes it out again and whoever listens for input hears of it.
    if (document.execCommand("insertText", false, text)) return;
    reply.setRangeText(text, reply.selectionStart, reply.selectionEnd, "end");
    reply.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
