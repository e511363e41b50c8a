// "Leave this page": blanks the page at once, then follows the link. Without this file the link still works.
(() => {
  "use strict";
  const link = document.getElementById("leave");
  const status = document.getElementById("leave-status");
  if (!link || !status) return;
  const say = status.dataset;
  const PRESSES = 3;
  const WINDOW = 5000; // milliseconds from one press to the next
  let presses = 0;
  let alone = false;
  let timer = 0;

  const forget = (words = "") => {
    clearTimeout(timer);
    presses = 0;
    delete link.dataset.presses;
    status.textContent = words;
  };

  const leave = () => {
    forget();
    const blank = document.createElement("div");
    blank.className = "blank";
    blank.setAttribute("role", "alert");
    document.body.append(blank);
    document.body.classList.add("leaving");
    blank.textContent = say.loading; // set after insertion, so that screen readers announce it
    document.title = say.loading;
    // replace() removes this page from the history. Earlier pages stay.
    location.replace(link.href);
  };

  const title = document.title;
  // The back-forward cache may show this page again, still blank.
  addEventListener("pageshow", () => {
    document.title = title;
    document.body.classList.remove("leaving");
    document.querySelectorAll(".blank").forEach((blank) => blank.remove());
    forget();
  });

  for (const each of document.querySelectorAll("[data-leave]")) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }

  // Shift counts only if no other key is pressed with it, since it is also used to type capitals.
  addEventListener("keydown", (event) => {
    if (event.repeat) return;
    alone = event.key === "Shift";
    if (!alone) forget();
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    presses += 1;
    if (presses === PRESSES) {
      leave();
      return;
    }
    link.dataset.presses = presses;
    status.textContent = presses === 1 ? say.two : say.one;
    clearTimeout(timer);
    timer = setTimeout(() => forget(say.over), WINDOW);
  });
})();
