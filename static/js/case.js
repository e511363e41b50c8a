// Removes the contact details from the page after five minutes. The page works without this file, too.
"use strict";

(() => {
  // The style sheet only hides the contact details; this removes them.
  for (const details of document.querySelectorAll("#contact dl")) {
    details.addEventListener("animationend", () => details.replaceChildren());
  }
})();
