// Puts a reply template in at the cursor, so that the page isn't loaded again. The page works without this file, too.
"use strict";

for (const button of document.querySelectorAll("[data-put-in]")) {
  button.addEventListener("click", (event) => {
    const box = button.form.querySelector("textarea");
    const text = button.form.elements.template.selectedOptions[0]?.dataset.text;
    if (!box || !text) return;
    event.preventDefault();
    box.focus();
    // Typed by the browser, so that "undo" takes it out again and whoever listens for input hears of it.
    if (document.execCommand("insertText", false, text)) return;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
