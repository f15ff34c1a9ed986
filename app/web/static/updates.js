// My updates: Enter saves a row and goes on, leaving a changed field saves, a row sends one request at a time.
// Without this file every row is a plain form.
const busy = new Map(); // id of a form -> was it changed while its request was on the way?
const sent = new Map(); // id of a form -> what was sent last

const rowForm = (element) => (element?.form?.matches("form[data-row]") ? element.form : null);
const field = (form, name) => form.elements.namedItem(name);

function readContent(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "seen"));
}

function hasContent(form) {
  const value = field(form, "value");
  const typed = value.value.trim() || value.defaultValue || field(form, "action_what")?.value.trim();
  return typed || field(form, "not_applicable").checked;
}

function save(form) {
  const content = readContent(form);
  if (busy.has(form.id)) {
    busy.set(form.id, sent.get(form.id) !== content);
  } else if (hasContent(form) && sent.get(form.id) !== content) {
    form.requestSubmit();
  }
}

function goOn(from) {
  const values = [...document.querySelectorAll('.update input[name="value"]')];
  const following = values.slice(values.indexOf(from.closest(".update").querySelector('input[name="value"]')) + 1);
  const next = following.find((each) => each.checkVisibility()) ?? document.querySelector("#challenge");
  next?.focus();
  next?.select();
}

addEventListener("keydown", (event) => {
  const form = rowForm(event.target);
  const typing = event.target.matches("input:not([type=checkbox]), textarea");
  if (!form || !typing || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!busy.has(form.id)) sent.delete(form.id); // Enter is meant, even where nothing changed.
  save(form);
  goOn(event.target);
});

addEventListener("change", (event) => {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
  const form = rowForm(event.target);
  // An action is several fields; it is saved by Enter or by its button.
  if (!form || event.target.name.startsWith("action_")) return;
  const absent = field(form, "not_applicable");
  if (event.target === absent && absent.checked) field(form, "value").value = "";
  if (event.target.name === "value" && event.target.value.trim()) absent.checked = false;
  // An override is told with its reason: it is saved from there.
  if (event.target.name === "value" && field(form, "reason") && !field(form, "reason").value) return;
  save(form);
});

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-row]")) return;
  if (busy.has(form.id)) {
    // It would be about a revision that is being replaced: it is sent when the answer is here.
    event.preventDefault();
    event.stopImmediatePropagation();
    busy.set(form.id, true);
    return;
  }
  sent.set(form.id, readContent(form));
  busy.set(form.id, false);
  if (event.submitter?.closest(".action")) goOn(event.submitter);
}, true);

addEventListener("htmx:finally:request", (event) => {
  const { sourceElement, response } = event.detail.ctx;
  const form = document.getElementById(sourceElement.id);
  if (!busy.has(sourceElement.id)) return;
  const changed = busy.get(sourceElement.id);
  busy.delete(sourceElement.id);
  if (!response) {
    sent.delete(sourceElement.id);
    const said = form.closest(".update").querySelector(".outcome [role=status]");
    said.textContent = "Not saved: no answer. Press Enter again.";
    said.className = "wrong";
  } else if (changed && form) {
    save(form);
  }
});

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-skip]");
  if (!link) return;
  event.preventDefault();
  const row = document.querySelector(link.hash);
  (row.querySelector("textarea") ?? row.querySelector("a")).focus();
  row.scrollIntoView({ block: "center" });
});
