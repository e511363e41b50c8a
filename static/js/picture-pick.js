/* Passes the chosen picture to the editor that opened this window (django-prose-editor's picker protocol). */
"use strict"

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-address]")
  const list = event.target.closest("[data-number]")
  if (!button || !list || !window.opener?.CKEDITOR) return
  window.opener.CKEDITOR.tools.callFunction(list.dataset.number, button.dataset.address, { alternative_text: button.dataset.alt })
  window.close()
})
