// Keeps what is typed into the page's form as a draft on the server: some seconds after it was typed, and when the page is hidden or left.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-drafts]");
  if (!place) return;
  const { drafts: address, notKept } = place.dataset;
  const form = place.closest("form");
  const status = document.querySelector("[data-draft-status]");
  const EVERY = 3000; // milliseconds
  const PATIENCE = 10000; // milliseconds
  let timer = 0;
  let typedUpTo = 0; // counts the changes
  let keptUpTo = 0;
  let failed = false;
  let leaving = false;
  let waited = false; // a submit that is dispatched again

  const unkept = () => typedUpTo > keptUpTo;

  const typed = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) {
      if (value instanceof File) data.delete(name);
    }
    return data;
  };

  const later = () => { timer ||= setTimeout(save, EVERY); };

  async function save() {
    const upTo = typedUpTo;
    try {
      const answer = await fetch(address, { method: "POST", body: typed(), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
      failed = !answer.ok;
      if (answer.ok) {
        keptUpTo = Math.max(keptUpTo, upTo);
        status.textContent = await answer.text();
      }
    } catch {
      failed = true;
    }
    clearTimeout(timer);
    timer = 0;
    if (leaving) return;
    if (failed) status.textContent = notKept;
    if (unkept()) later();
  }

  // Give what is not kept yet to the browser, which sends it even when the page is gone. Return false if it can't: browsers take
  // 64 KiB at most, which a long guide exceeds.
  function handOver() {
    if (!unkept() || leaving) return true;
    if (failed || !navigator.sendBeacon(address, typed())) return false;
    keptUpTo = typedUpTo;
    return true;
  }

  const mark = form.elements.namedItem("_typed");
  if (mark && "clean" in mark.dataset) mark.value = "0";
  form.addEventListener("input", () => {
    if (mark) mark.value = "1";
    typedUpTo += 1;
    later();
  });

  // A button of this form sends all that was typed, and the server saves or keeps it. Other forms of the page don't send it, nor do the
  // buttons that replace the text of a guide by an earlier one: they wait until it is kept, so that the next page can offer it.
  document.addEventListener("submit", async (event) => {
    const { target, submitter } = event;
    if (submitter?.formMethod === "dialog") return; // the Enter key, which sends nothing
    const sendsAll = target === form && !/\/(put-back|discard)\/$/.test(submitter?.formAction ?? "");
    if (sendsAll || waited || !unkept() || target.method !== "post") {
      leaving ||= target === form;
      clearTimeout(timer);
      timer = 0;
      return;
    }
    event.preventDefault();
    await save();
    waited = true;
    target.requestSubmit(submitter);
    waited = false;
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !handOver()) save();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("pagehide", () => { if (unkept() && !leaving) navigator.sendBeacon(address, typed()); });
  // Before the next page is asked for, so that it can offer the draft. Ask only where the browser takes nothing along, and never when
  // somebody is signed out, who must not find the page open.
  window.addEventListener("beforeunload", (event) => {
    if ("signedOut" in document.documentElement.dataset || handOver()) return;
    save();
    event.preventDefault();
  });
});
