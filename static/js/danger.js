// Shows emergency numbers as soon as the text of an inquiry or message mentions danger. Typed text isn't sent anywhere: the
// patterns (intake/assessment/danger.py) are loaded once and matched here. Without this file the numbers appear on the next page.
(() => {
  "use strict";
  const box = document.querySelector("[data-danger-words]");
  const form = box?.closest("form");
  if (!form) return;
  const PAUSE = 400; // milliseconds without a key press before the text is checked
  const fields = ["message", "other_notes", "text"].map((name) => form.elements[name]).filter((field) => field);
  let patterns = null;
  let timer = 0;

  // The same as in intake.assessment.danger: lower case, no accents, no apostrophes, single spaces.
  const plain = (text) =>
    text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/\bod['’`´]d\b/g, "overdosed")
    .replace(/['’`´]/g, "")
    .replaceAll("-", " ")
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/).join(" "))
    .join("\n");

  const signsIn = (text) => {
    const lines = plain(text);
    const denied = (hit) => patterns.deniable.test(hit[0]) && patterns.denied.test(lines.slice(Math.max(0, hit.index - 40), hit.index));
    const speaksOf = ([, pattern]) => [...lines.replaceAll("\n", " ").matchAll(pattern)].some((hit) => !denied(hit));
    return patterns.said.filter(speaksOf).map(([code]) => code);
  };

  const load = async () => {
    const answer = await fetch(box.dataset.dangerWords, { credentials: "omit" });
    const { said, denied, deniable } = await answer.json();
    patterns = {
      said: Object.entries(said).map(([code, pattern]) => [code, new RegExp(pattern, "g")]),
      denied: new RegExp(denied),
      deniable: new RegExp(`^(?:${deniable})`),
    };
  };

  const look = async () => {
    try {
      if (!patterns) await load();
    } catch {
      return; // no network; the next page shows the numbers
    }
    const codes = signsIn(fields.map((field) => field.value).join("\n"));
    const lines = [...box.querySelectorAll("[data-danger]")];
    for (const line of lines) line.hidden = !codes.includes(line.dataset.danger);
    box.hidden = lines.every((line) => line.hidden);
  };

  for (const field of fields) {
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
})();
