// Removes the contact details from the page when their time is over. Everything on the page works without this file, too.
"use strict";

(() => {
  // The style sheet hides the contact details after five minutes; here they leave the page as well.
  for (const details of document.querySelectorAll("#contact dl")) {
    details.addEventListener("animationend", () => details.replaceChildren());
  }
})();
