// Sends at once a form that waited until its sender confirmed who they are, and only once: not when somebody comes back to the page.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const [visit] = performance.getEntriesByType("navigation");
  if (!visit || visit.type === "navigate") document.querySelector("[data-go-on]").requestSubmit();
});
