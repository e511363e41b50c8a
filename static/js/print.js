// Shows the buttons that print the page: without this script they would do nothing, so they start hidden.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
