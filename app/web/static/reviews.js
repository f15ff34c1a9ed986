// The review of a month: c captures, arrows (or j and k) go from line to line, a line opens in its place.
// Without this file every line is a link and every form is a page.
const LINES = ".review-part :is(.topic, .slot, .tile, .rule > header)";
const isTyping = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select");

function goTo(line) {
  line.tabIndex = -1;
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function listLines() {
  return [...document.querySelectorAll(LINES)].filter((each) => each.checkVisibility());
}

function step(from, by) {
  const lines = listLines();
  const here = from.closest(LINES);
  const at = here ? lines.indexOf(here) + by : lines.findIndex((each) => each.getBoundingClientRect().top > 80);
  if (lines[at]) goTo(lines[at]);
  return Boolean(lines[at]);
}

function act(line) {
  const way = line.querySelector("summary, a.expand");
  way?.focus();
  way?.click();
  line.querySelector("details[open] :is(textarea, input:not([type=hidden]))")?.focus();
}

// Where one was when the line that captures was called: Escape leads back there.
let cameFrom = null;

function capture(from) {
  cameFrom = from;
  document.getElementById("capture-line")?.focus({ preventScroll: true });
}

function goBack(line) {
  line.blur();
  const place = cameFrom?.isConnected ? cameFrom : document.getElementById(cameFrom?.id);
  if (place?.matches(LINES)) goTo(place);
  else place?.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    if (event.key === "Escape" && event.target.id === "capture-line") goBack(event.target);
    return;
  }
  const line = event.target.matches(LINES);
  const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  // Arrows scroll as ever until one stands on a line.
  if (by && (line || event.key.length === 1)) {
    if (step(event.target, by)) event.preventDefault();
  } else if (event.key === "c") {
    event.preventDefault();
    capture(event.target);
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

// What was sent last: the details that it was in may close, and the lines that are nearest to it.
let sentIn = null;
let nearest = [];

// What somebody opened stays open, and the line that they stand on stays theirs, while others change the same part.
htmx.registerExtension("review-stays", {
  htmx_before_morph_attr: (element, { attrName, newValue }) => {
    const stays = { open: element !== sentIn, tabindex: element.matches(":focus") };
    return newValue !== null || !stays[attrName];
  },
});

// A form that goes with its answer leaves the one who sent it on its line, or on the nearest one that is left.
addEventListener("submit", (event) => {
  sentIn = event.target.closest("details");
  const lines = listLines();
  const at = lines.indexOf(event.target.closest(LINES));
  nearest = at < 0 ? [] : [...lines.slice(at), ...lines.slice(0, at).reverse()].map((each) => each.id).filter(Boolean);
});
addEventListener("htmx:after:swap", () => {
  sentIn = null;
  if (!nearest.length || (document.activeElement !== document.body && document.activeElement.checkVisibility())) return;
  const left = nearest.map((id) => document.getElementById(id)).find((each) => each?.checkVisibility());
  nearest = [];
  if (left) goTo(left);
});

// What was captured leaves the line, unless one types on already: a swap lets the field alone that one is in.
let sentLine = "";
addEventListener("submit", (event) => {
  if (event.target.id === "review-capture") sentLine = document.getElementById("capture-line").value;
});
addEventListener("htmx:after:swap", (event) => {
  const line = document.getElementById("capture-line");
  // The button that takes back goes with what it took back.
  if (event.target.id === "review-capture" && document.activeElement === document.body) capture(cameFrom);
  if (event.detail.ctx.sourceElement?.id === "review-capture" && line?.value === sentLine) line.value = line.defaultValue;
});
