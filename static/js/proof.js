// Solves the form's proof of work in a worker while the visitor writes. If anything fails, the form can still be sent.
(() => {
  "use strict";
  const box = document.querySelector("[data-proof]");
  const form = box?.closest("form");
  if (!form || !globalThis.Worker || !globalThis.crypto?.subtle) return;
  const PATIENCE = 30000; // milliseconds that sending may wait for the solution
  const answer = form.elements.altcha;
  const status = box.querySelector("[data-proof-status]");
  const worker = new Worker(box.dataset.worker);
  let over = Boolean(answer.value);
  let pressed = null;

  const show = (solving) => {
    box.querySelector("[data-proof-with]").hidden = !solving;
    box.querySelector("[data-proof-without]").hidden = solving;
  };

  const end = (found) => {
    over = true;
    worker.terminate();
    answer.value = found;
    if (!found) show(false);
    status.textContent = found ? box.dataset.done : "";
    if (pressed) form.requestSubmit(pressed);
  };

  form.addEventListener("submit", (event) => {
    // Changing the step or the language doesn't send the form, and emergencies never wait.
    if (over || event.submitter?.name === "go" || form.elements.danger_now?.checked) return;
    event.preventDefault();
    status.textContent = box.dataset.wait;
    if (!pressed) setTimeout(() => over || end(""), PATIENCE);
    pressed = event.submitter;
  });

  show(true);
  if (over) return;
  worker.addEventListener("message", ({ data }) => end(data));
  worker.addEventListener("error", () => end(""));
  worker.postMessage(JSON.parse(box.dataset.proof));
})();
