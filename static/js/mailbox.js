// A page of the open mailbox: warns before its time is over, then blanks itself. Writing keeps it open.
(() => {
  "use strict";
  const page = document.querySelector("[data-mailbox]");
  const warning = document.querySelector("[data-mailbox-warning]");
  const status = document.querySelector("[data-mailbox-status]");
  const closed = document.querySelector("[data-mailbox-closed]");
  if (!page || !warning || !status || !closed) return;
  const LIFE = 1000 * Number(page.dataset.mailbox);
  const WARN_BEFORE = Math.min(120_000, LIFE / 2);
  const EXTEND_AFTER = 60_000; // the server extends no sooner
  // Of the wall clock: timers stand still while a phone sleeps.
  let extended = Date.now();
  let ends = extended + LIFE;
  let timer = 0;

  const blank = () => {
    clearTimeout(timer);
    removeEventListener("input", written);
    const title = closed.content.querySelector("h1").textContent;
    document.getElementById("main").replaceChildren(closed.content.cloneNode(true));
    document.title = title;
    document.querySelector("#main h1").focus();
    ends = Infinity;
  };

  const look = () => {
    clearTimeout(timer);
    if (ends === Infinity) return;
    const left = ends - Date.now();
    if (left <= 0) {
      blank();
      return;
    }
    const soon = left <= WARN_BEFORE;
    if (soon && warning.hidden) status.textContent = warning.querySelector("p").textContent;
    if (!soon) status.textContent = "";
    warning.hidden = !soon;
    timer = setTimeout(look, soon ? left : left - WARN_BEFORE);
  };

  const extend = async () => {
    const began = Date.now();
    extended = began;
    try {
      const answer = await fetch(page.dataset.mailboxExtend, { method: "HEAD", redirect: "manual", cache: "no-store" });
      if (answer.ok) ends = Math.max(ends, began + LIFE);
    } catch {
      // Not reached: the page ends when the server's time does.
    }
    look();
  };

  const written = () => {
    if (ends !== Infinity && Date.now() - extended > EXTEND_AFTER) extend();
  };

  warning.querySelector("[data-mailbox-stay]").addEventListener("click", extend);
  addEventListener("input", written);
  // A tab that comes back, also from the back-forward cache, must not show for a moment what its time is over for.
  addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
  look();
})();
