// Shows the number that a source without one will get when the guide is saved, so that the text can cite it already.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const show = () => {
    const fields = [...document.querySelectorAll("[data-source-number]:not([name*=__prefix__])")];
    let last = Math.max(0, ...fields.map(({ value }) => Number(value)));
    for (const field of fields) {
      if (field.value) continue;
      last += 1;
      field.placeholder = String(last);
    }
  };
  document.addEventListener("formset:added", () => setTimeout(show)); // the row gets its name after this event
  document.addEventListener("formset:removed", show);
  document.addEventListener("input", ({ target }) => { if (target.matches("[data-source-number]")) show(); });
  show();
});
