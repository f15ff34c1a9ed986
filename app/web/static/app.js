// What every page gains from a script; all of it works without.
addEventListener("keydown", (event) => {
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !field && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("form.search input")?.focus();
  }
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    });
  }
});

addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// Looking through a list: one step back is one step, however often it was asked, and an answer that comes
// after stepping back does not step forward again.
addEventListener("htmx:before:history:update", (event) => {
  const { type, path } = event.detail.history;
  if (type === "push" && path === location.pathname + location.search) event.preventDefault();
});

addEventListener("popstate", () => {
  document.querySelectorAll("form.filters").forEach((form) => htmx.trigger(form, "htmx:abort"));
});
