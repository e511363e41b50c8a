// Keeps what is typed into the page's form as a draft on the server, some seconds after it was typed and when the page is left.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-drafts]");
  if (!place) return;
  const { drafts: address, notKept } = place.dataset;
  const form = place.closest("form");
  const status = document.querySelector("[data-draft-status]");
  const EVERY = 3000; // milliseconds
  let timer = 0;
  let changed = false; // since the last save began
  let saving = false; // the browser cancels a request that is on its way when the page is left
  let failed = false;
  let leaving = false;

  const typed = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) {
      if (value instanceof File) data.delete(name);
    }
    return data;
  };

  const later = () => { timer ||= setTimeout(save, EVERY); };

  async function save() {
    changed = false;
    saving = true;
    try {
      const answer = await fetch(address, { method: "POST", body: typed(), redirect: "manual" });
      failed = !answer.ok;
      if (answer.ok) status.textContent = await answer.text();
    } catch {
      failed = true;
    }
    timer = 0;
    saving = false;
    if (leaving) return;
    if (failed) {
      changed = true;
      status.textContent = notKept;
    }
    if (changed) later();
  }

  const mark = form.elements.namedItem("_typed");
  if (mark) mark.value = "0";
  form.addEventListener("input", () => {
    if (mark) mark.value = "1";
    changed = true;
    later();
  });
  // A button of the form sends all that was typed; the server saves or keeps it, but for a guide that is replaced by an earlier text.
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formMethod === "dialog") return; // the Enter key, which sends nothing
    if ((changed || saving) && submitter?.formAction.endsWith("/put-back/")) navigator.sendBeacon(address, typed());
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("pagehide", () => {
    if ((changed || saving) && !leaving) navigator.sendBeacon(address, typed());
  });
  // Ask only where nothing could be kept. Somebody who is signed out must not find the page open.
  window.addEventListener("beforeunload", (event) => {
    if (changed && failed && !leaving && !("signedOut" in document.documentElement.dataset)) event.preventDefault();
  });
});
