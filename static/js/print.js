// Shows the print buttons, which are hidden without JavaScript because they wouldn't work.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
