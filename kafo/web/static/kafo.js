// What the pages do in the browser. Every page works without it.
"use strict";

// A form that was sent once is not sent again by an impatient second click on a slow line.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // Where the answer is a file the page stays, and another file may be asked for at once.
  if (event.defaultPrevented || form.target === "_blank" || event.submitter?.hasAttribute("data-file")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});

// A select marked so sends its form as soon as another entry is chosen.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send]")) event.target.form.requestSubmit();
});

// What cannot be taken back asks once more.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// On a narrow screen the menu scrolls: show where one is.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// One letter presses the button that names it in data-key, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const key = event.key === "ArrowRight" ? "right" : event.key.toLowerCase();
  const button = /^[a-z0-9]+$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (button && !button.disabled) { event.preventDefault(); button.click(); }
});
