// Has a worker solve the form's sum while its visitor writes. Whatever goes wrong here, the form can be sent.
(() => {
  "use strict";
  const box = document.querySelector("[data-proof]");
  const form = box?.closest("form");
  if (!form || !globalThis.Worker || !globalThis.crypto?.subtle) return;
  const PATIENCE = 30000; // milliseconds that a pressed Send may wait for the sum
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
    // A change of step or language sends nothing yet, and danger waits for nobody.
    if (over || event.submitter?.name === "go" || form.elements.danger_now?.value === "yes") return;
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
