// The review of a month: c captures, arrows (or j and k) go from line to line, a line opens in its place.
// Without this file every line is a link and every form is a page.
const LINES = ".review-part :is(.topic, .slot, .tile, .rule > header)";
const isTyping = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select");

function goTo(line) {
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function step(from, by) {
  const lines = [...document.querySelectorAll(LINES)].filter((each) => each.checkVisibility());
  const here = from.closest(LINES);
  const at = here ? lines.indexOf(here) + by : lines.findIndex((each) => each.getBoundingClientRect().top > 80);
  if (lines[at]) goTo(lines[at]);
  return Boolean(lines[at]);
}

function act(line) {
  const way = line.querySelector("summary, a.expand");
  way?.focus();
  way?.click();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    if (event.key === "Escape" && event.target.id === "capture-line") event.target.blur();
    return;
  }
  const line = event.target.matches(LINES);
  const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  // Arrows scroll as ever until one stands on a line.
  if (by && (line || event.key.length === 1)) {
    if (step(event.target, by)) event.preventDefault();
  } else if (event.key === "c") {
    event.preventDefault();
    document.getElementById("capture-line")?.focus({ preventScroll: true });
  } else if (event.key === "Enter" && line) {
    event.preventDefault();
    act(event.target);
  }
});

addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.expand");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = `#${CSS.escape(link.closest("[id]").id)}`;
  await htmx.ajax("GET", link.href, { target: row, select: row, swap: "outerHTML" });
  document.querySelector(`${row} :is(textarea, input:not([type=hidden]))`)?.focus();
});

// What somebody opened stays open, and what they typed stays typed, while others change the same part.
addEventListener("htmx:before:morph:attr", (event) => {
  const { attrName, newValue } = event.detail;
  if (attrName === "open" && newValue === undefined && event.target.matches("details")) event.preventDefault();
});

// What was captured leaves the line, unless one types on already: a swap lets the field alone that one is in.
let sentLine = "";
addEventListener("submit", (event) => {
  if (event.target.id === "review-capture") sentLine = document.getElementById("capture-line").value;
});
addEventListener("htmx:after:swap", (event) => {
  const line = document.getElementById("capture-line");
  if (event.detail.ctx.sourceElement?.id === "review-capture" && line?.value === sentLine) line.value = line.defaultValue;
});
