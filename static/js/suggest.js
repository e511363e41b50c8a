// Suggests guides while somebody types. Without this file the search form still works.
(() => {
  "use strict";
  const box = document.querySelector("[list=q-words]");
  const place = document.querySelector("[data-suggest]");
  const status = document.getElementById("suggestions-status");
  if (!box || !place || !status) return;
  const PAUSE = 250; // milliseconds without a key press before suggestions are loaded
  box.removeAttribute("list"); // the <datalist> of topics is the fallback without JavaScript
  let timer = 0;
  let asked = "";

  const show = (guides) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    for (const guide of guides) {
      const link = document.createElement("a");
      link.href = guide.url;
      link.textContent = guide.title;
      const row = document.createElement("li");
      row.append(link);
      list.append(row);
    }
    place.replaceChildren(...(guides.length ? [list] : []));
    status.textContent = guides.length === 1 ? place.dataset.foundOne : guides.length ? place.dataset.found.replace("#", guides.length) : "";
  };

  const ask = async () => {
    const words = box.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < 2) {
      show([]);
      return;
    }
    const address = `${place.dataset.suggest}?q=${encodeURIComponent(words)}`;
    try {
      const answer = await fetch(address, { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
      const { guides } = await answer.json();
      if (words === asked) show(guides); // ignore responses to outdated queries
    } catch {
      show([]); // network error
    }
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show([]);
  });
})();
