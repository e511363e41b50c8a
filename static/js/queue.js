// Refreshes the queue and handles keyboard shortcuts. The page works without this file, too.
"use strict";

(() => {
  const box = document.querySelector("[data-queue]");
  if (!box) return;
  const tools = document.querySelector("[data-queue-tools]");
  const status = document.querySelector("[data-queue-status]");
  const notice = document.querySelector("[data-danger-notice]");
  const keys = document.getElementById("keys");
  const EVERY = 15000; // milliseconds
  let tag = "";
  // Refreshing doesn't count as activity; keys and clicks do.
  let touched = false;
  for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => { touched = true; }, true);

  tools.hidden = false;

  // --- Keys -------------------------------------------------------------------------------------------------------
  const links = () => [...box.querySelectorAll("tr[data-case] th a")];

  function focusRow(step) {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    all[next].focus();
  }

  function currentRow() {
    return document.activeElement?.closest?.("tr[data-case]") ?? null;
  }

  function take(row) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = row.querySelector("th a").getAttribute("href") + "claim/";
    form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    document.body.append(form);
    form.submit();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    // No shortcuts in text fields. Checkboxes and links don't take text.
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const row = currentRow();
    if (event.key === "j") focusRow(1);
    else if (event.key === "k") focusRow(-1);
    else if (event.key === "?") keys.showModal();
    else if (row && event.key === "o") row.querySelector("th a").click();
    else if (row && event.key === "c") take(row);
    else if (row && event.key === "x") row.querySelector("input[type=checkbox]")?.click();
    else return;
    event.preventDefault();
  });
  document.querySelector("[data-show-keys]").addEventListener("click", () => keys.showModal());

  // --- Danger -----------------------------------------------------------------------------------------------------
  const inDanger = () => new Set([...box.querySelectorAll("tr[data-rank='1']")].map((row) => row.dataset.case));
  let known = inDanger();

  notice.checked = localStorage.getItem("danger-notice") === "on";
  notice.addEventListener("change", () => {
    localStorage.setItem("danger-notice", notice.checked ? "on" : "off");
    if (notice.checked && "Notification" in window) Notification.requestPermission();
  });

  function sound() {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.4);
    tone.onended = () => audio.close();
  }

  function tellOfDanger() {
    const now = inDanger();
    const fresh = [...now].some((reference) => !known.has(reference));
    known = now;
    if (!fresh || !notice.checked) return;
    sound();
    // Notifications may appear on a locked screen, so they contain no details.
    if ("Notification" in window && Notification.permission === "granted") {
      new Notification(box.dataset.dangerTitle, { body: box.dataset.dangerText });
    }
  }

  // --- Refresh ----------------------------------------------------------------------------------------------------
  async function refresh() {
    let answer;
    try {
      const headers = { ...(tag ? { "If-None-Match": tag } : {}), ...(touched ? {} : { "X-Background": "1" }) };
      touched = false;
      answer = await fetch(box.dataset.rows, { headers, redirect: "manual" });
    } catch {
      status.textContent = box.dataset.stale;
      return;
    }
    // Signed out: the queue must not stay visible to the next person at the desk.
    if (answer.type === "opaqueredirect") return location.reload();
    if (answer.status === 304) {
      status.textContent = "";
      return;
    }
    if (!answer.ok) {
      status.textContent = box.dataset.stale;
      return;
    }
    tag = answer.headers.get("ETag") ?? "";
    const html = await answer.text();
    const ticked = new Set([...box.querySelectorAll("input[name=case]:checked")].map((tick) => tick.value.split(":")[0]));
    const row = currentRow();
    const place = row && { reference: row.dataset.case, tick: document.activeElement.matches("input") };
    box.innerHTML = html;
    for (const tick of box.querySelectorAll("input[name=case]")) tick.checked = ticked.has(tick.value.split(":")[0]);
    const again = place && box.querySelector(`tr[data-case="${place.reference}"]`);
    if (again) again.querySelector(place.tick ? "input" : "th a").focus({ preventScroll: true });
    status.textContent = "";
    tellOfDanger();
  }

  if (box.dataset.live) setInterval(refresh, EVERY);
})();
