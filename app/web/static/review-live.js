// A review while it is held: what others write appears in its place, the item that is on keeps its time.
// Without this file the page is read again by hand.
const stream = document.getElementById("review-live");
const { href } = stream.dataset;
const PARTS = ["header", "commitments", "decisions", "parked", "slots", "presenting"];
const SHOWN = "section[id^=review-], aside[id^=review-]";
const TICK = 1000, POLL = 5000, SILENT = 40000, RETRY = 20000;
const TYPED = "textarea, select, input:not([type=hidden], [type=submit])";

let edition = agenda().edition; // up to which every part of this screen is shown
let heard = 0; // when the stream last told something
let tried = Date.now(); // when it was last asked for
let barren = 0; // how often in a row it opened and told nothing
let connection = null;
let ended = false;
let reading = false;
const behind = new Set(); // what is another one by now: parts, or "page" for whatever it may be
const held = new Map(); // id of a part somebody types in -> the part as it is now
const known = new Map([...document.querySelectorAll(SHOWN)].map((part) => [part.id, part.outerHTML]));

function agenda(of = document) {
  return of.getElementById("review-agenda").dataset;
}

function say(words) {
  const place = stream.querySelector("[role=status]");
  if (place.textContent !== words) place.textContent = words;
  stream.classList.toggle("on", words === "Live");
}

function stop(words = "You are signed out here. Sign in and open the review again.") {
  ended = true;
  heard = 0;
  say(words);
}

// Reading what is another one, one answer at a time: what is told meanwhile is read afterwards.
function note(part) {
  behind.add(part);
  if (!reading && !ended) read();
}

async function read() {
  reading = true;
  while (behind.size && !ended) {
    const [one, more] = behind;
    behind.clear();
    const part = !more && one !== "page" ? one : null;
    const answer = await fetch(part ? `${href}/parts/${part}` : href).catch(() => null);
    if (answer?.redirected) stop();
    const fresh = new DOMParser().parseFromString(answer?.ok ? await answer.text().catch(() => "") : "", "text/html");
    if (ended || !fresh.getElementById("review-agenda")) {
      edition = ""; // whoever looks next reads everything
      break;
    }
    await take(fresh, part);
  }
  reading = false;
}

// Whoever starts or closes a review is on the way to its next page: to load this one again would call them back.
let leaves = false;
addEventListener("submit", (event) => { leaves = !event.target.hasAttribute("hx-post"); });
addEventListener("pageshow", () => { leaves = false; });

async function take(fresh, part) {
  if (leaves) return;
  const now = agenda(fresh);
  if (now.status !== agenda().status) {
    if (!document.querySelector("main").matches(":has(textarea:focus, input:focus)") && !isTypedIn(document)) location.reload();
    else say("The state of this review has changed. Reload the page when you are done.");
    return;
  }
  // A part alone brings the screen up to date only while everything else is told, too.
  if (!part || heard) edition = now.edition;
  for (const each of fresh.querySelectorAll(SHOWN)) await show(each);
}

async function show(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || old.closest("[data-own]") || known.get(fresh.id) === fresh.outerHTML) return;
  if (isTypedIn(old)) {
    held.set(fresh.id, fresh);
    mark(old);
    return;
  }
  known.set(fresh.id, fresh.outerHTML);
  held.delete(fresh.id);
  await htmx.swap({ sourceElement: old, target: old, text: fresh.outerHTML, swap: "outerMorph" });
  tell(document.getElementById(fresh.id));
}

function isTypedIn(place) {
  const fields = [...place.querySelectorAll(TYPED)];
  return fields.some((field) => {
    if (field.matches("[type=checkbox]")) return false;
    if (field.matches("[type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return field === document.activeElement;
    return field === document.activeElement || field.value !== field.defaultValue;
  });
}

function mark(part) {
  if (part.querySelector(":scope > .behind")) return;
  const words = document.createElement("p");
  words.className = "behind";
  words.setAttribute("role", "status");
  words.textContent = "Changed meanwhile by somebody else. You see it when you are done here. ";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button bare small";
  button.textContent = "Show it now";
  button.addEventListener("click", () => release(part.id, true));
  words.append(button);
  part.prepend(words);
}

function release(id, anyway = false) {
  const [part, fresh] = [document.getElementById(id), held.get(id)];
  if (!fresh || (!anyway && isTypedIn(part))) return;
  if (anyway) {
    part.querySelectorAll(TYPED).forEach((field) => {
      if (field.matches("[type=radio]")) field.checked = field.defaultChecked;
      else field.value = field.defaultValue;
    });
    // The button goes with what it announced.
    stand(part);
  }
  show(fresh);
}

function tell(part) {
  const name = part?.querySelector("h2, h1")?.textContent.trim().replace(/\s+/g, " ");
  if (!name || part.matches("#review-agenda, #review-presenting")) return;
  document.getElementById("review-told").textContent = `Changed: ${name}`;
  part.classList.add("fresh");
  setTimeout(() => part.classList.remove("fresh"), 2500);
}

addEventListener("focusout", () => setTimeout(() => held.forEach((_, id) => release(id))));
// One's own answer is as new as what waits.
addEventListener("htmx:after:swap", () => held.forEach((_, id) => {
  if (!document.querySelector(`#${CSS.escape(id)} > .behind`)) held.delete(id);
}));

// The stream, and asking now and then where it does not come through.
function alive() {
  heard = Date.now();
  barren = 0;
  say("Live");
}

for (const part of PARTS) stream.addEventListener(part, () => { alive(); note(part); });
stream.addEventListener("status", () => { alive(); note("page"); });
stream.addEventListener("ended", () => stop());
stream.addEventListener("edition", (event) => {
  alive();
  if (event.detail.data !== edition) note("page");
});
stream.addEventListener("htmx:sse:before:connection", (event) => {
  connection = event.detail.connection;
  if (!connection.attempt) return;
  heard = 0;
  // Somebody on the way answers instead of us: the next try is ours to time.
  barren += 1;
  if (barren > 3) connection.cancelled = true;
});
// A refusal of the stream is not shown on the page: it is asked now and then instead.
stream.addEventListener("htmx:before:response", (event) => {
  if (!event.detail.ctx.response.raw.headers.get("content-type")?.includes("text/event-stream")) event.preventDefault();
});

async function poll() {
  const answer = await fetch(`${href}/edition`).catch(() => null);
  if (answer?.redirected || [401, 403, 404].includes(answer?.status)) {
    stop();
    return;
  }
  if (heard || ended) return;
  say(answer?.ok ? "Looks every few seconds" : "No answer at the moment");
  if (answer?.ok && (await answer.text()) !== edition) note("page");
}

function watch() {
  if (ended || document.hidden || (heard && Date.now() - heard < SILENT)) return;
  heard = 0;
  poll();
  if (Date.now() - tried < RETRY) return;
  tried = Date.now();
  // A connection can be lost without a word: what is still waited for is given up.
  connection?.reader?.cancel();
  connection?.delayCanceller?.();
  barren = 0;
  htmx.trigger(stream, "follow");
}

setInterval(watch, POLL);
// Not by the page itself: htmx looks for it before the extension is there whenever that comes late.
setTimeout(() => {
  stream.setAttribute("hx-sse:connect", `${href}/live`);
  htmx.process(stream);
});

// The item that is on: its time by the clock of the server, and the way to it for those who follow.
let on = null;
let began = { seconds: "", at: 0 };

function writeTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

function tick() {
  const clock = document.querySelector("#review-presenting [data-seconds]");
  if (!clock) return;
  const told = `${clock.closest("section").dataset.item} ${clock.dataset.seconds}`;
  if (told !== began.seconds) began = { seconds: told, at: Date.now() - clock.dataset.seconds * 1000 };
  const seconds = Math.max(0, (Date.now() - began.at) / 1000);
  clock.textContent = writeTime(seconds);
  clock.closest("section").classList.toggle("over", seconds > clock.dataset.minutes * 60);
}

function lookAtItem() {
  const bar = document.getElementById("review-presenting");
  const { item, target } = bar.dataset;
  tick();
  document.querySelectorAll(".is-on").forEach((each) => each.classList.remove("is-on"));
  document.querySelector(target || "#none")?.classList.add("is-on");
  document.querySelectorAll("#review-agenda [aria-current]").forEach((each) => each.removeAttribute("aria-current"));
  const place = target.startsWith("#slot-") ? "#review-slots" : target;
  document.querySelector(`#review-agenda a[href="${place}"]`)?.setAttribute("aria-current", "step");
  if (item === on) return;
  const first = on === null;
  on = item;
  const shown = item && !first && (mine || isOn("follow")) ? document.querySelector(target) : null;
  shown?.scrollIntoView({ block: "start" });
  // Who leads by keys goes along: the next key starts there.
  if (byKey && shown) stand(shown);
  mine = byKey = false;
}

let mine = false;
let byKey = false;
addEventListener("submit", (event) => {
  if (!event.target.closest("#review-presenting")) return;
  mine = true;
  // Whoever presents may be sharing this screen.
  const notes = document.querySelector("#review-my-note > details");
  if (notes) notes.open = false;
});
addEventListener("htmx:after:swap", lookAtItem);
lookAtItem();
setInterval(tick, TICK);

// What this browser remembers: whether it follows, and whether notes stay hidden on it.
function isOn(name) {
  return document.querySelector(`[data-remembers="${name}"]`)?.getAttribute("aria-pressed") === "true";
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
  document.documentElement.classList.toggle(`review-${button.dataset.remembers}`, pressed);
}

for (const button of document.querySelectorAll("[data-remembers]")) {
  const key = `coxswain-review-${button.dataset.remembers}`;
  try {
    press(button, localStorage.getItem(key) === "yes");
  } catch { /* A browser that remembers nothing asks again. */ }
  button.hidden = false;
  button.addEventListener("click", () => {
    press(button, button.getAttribute("aria-pressed") !== "true");
    try {
      localStorage.setItem(key, isOn(button.dataset.remembers) ? "yes" : "no");
    } catch { /* As above. */ }
    if (button.dataset.remembers === "follow" && isOn("follow")) {
      document.querySelector(document.getElementById("review-presenting").dataset.target || "#none")?.scrollIntoView({ block: "start" });
    }
  });
}

// Left and right: the item before and after, for everybody by those who present, else on this screen alone.
function walk(by) {
  const places = [...document.querySelectorAll("#review-agenda a[href^='#']")].map((link) => document.querySelector(link.hash));
  const here = places.findLastIndex((place) => place && place.getBoundingClientRect().top < innerHeight / 3);
  const next = places[here + by];
  if (!next) return;
  stand(next);
  next.scrollIntoView({ block: "start" });
}

function stand(place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by) {
    event.preventDefault();
    const button = document.querySelector(`#review-presenting button[data-by="${by}"]`);
    if (!document.querySelector("#review-presenting form")) walk(by);
    else if (button) {
      byKey = true;
      button.click();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("review-keys").showModal();
  } else if (event.key === "n" && document.getElementById("review-my-note")?.checkVisibility()) {
    event.preventDefault();
    document.querySelector("#review-my-note > details").open = true;
    document.querySelector("#review-my-note textarea").focus();
  }
});
