// Forms that are sent with a passkey: data-passkey="get" shows one, "create" makes one. Without passkeys the form stays hidden, or says why.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // Browsers allow no passkeys on an address that is a number.
  const named = !/^[\d.]+$|:/.test(window.location.hostname);
  const possible = named && window.isSecureContext && "PublicKeyCredential" in window;
  for (const form of document.querySelectorAll("[data-passkey]")) {
    const creates = form.dataset.passkey === "create";
    const failed = form.querySelector("[data-failed]");
    const say = (words) => {
      failed.textContent = words;
      failed.hidden = false;
    };
    if (!possible) {
      if (creates) say(named ? failed.dataset.failed : failed.dataset.number);
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      failed.hidden = true;
      try {
        const options = creates ? JSON.parse(document.querySelector(form.dataset.options).textContent) : await asked(form.dataset.options);
        const answer = await window.webauthnJSON[creates ? "create" : "get"](options);
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      } catch {
        say(failed.dataset.failed);
      }
    });
  }
});

// Returns what the site wants to know of a passkey.
async function asked(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error("refused");
  return response.json();
}

// After Back the answer of before must not be sent again.
window.addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-passkey] [name=credential]")) field.value = "";
});
