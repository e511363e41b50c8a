// Shows the first words of a case in its row. Without this file they come as a page of their own.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-first-words]");
  const form = document.getElementById("first-words");
  if (!button || !form) return;
  event.preventDefault();
  button.disabled = true;
  let answer;
  try {
    const headers = { "X-Fragment": "1" };
    answer = await fetch(button.formAction, { method: "POST", headers, body: new FormData(form), redirect: "manual" });
  } catch {
    // No connection: the button can be pressed again.
  }
  button.disabled = false;
  if (answer?.type === "opaqueredirect") return location.reload();
  if (!answer?.ok) return;
  const place = button.parentElement;
  button.outerHTML = await answer.text();
  // Screen readers read what has the focus.
  place.querySelector(".first-words")?.focus();
});
