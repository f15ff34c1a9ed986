// Answering a survey: tells how far one is, and puts things in order by taps. All of it works without.
const form = document.querySelector(".sheet form");
const told = form?.querySelector("[data-answered]");

function countAnswered() {
  const asked = [...form.querySelectorAll(".asked")];
  const done = asked.filter((each) => {
    const chosen = each.querySelector('input[type="radio"]:checked');
    const typed = [...each.querySelectorAll('textarea, input[type="number"]')];
    return chosen?.value || (typed.length > 0 && typed.every((field) => field.value.trim()));
  });
  told.hidden = false;
  told.querySelector("progress").value = done.length;
  told.querySelector("span").textContent = `${done.length} of ${asked.length} answered`;
}

// A tap gives the next free place; a tap on what has one takes it and all after it back.
function placeByTaps(list) {
  const fields = [...list.querySelectorAll("input")];
  const hint = list.previousElementSibling;
  hint.textContent = "Tap them one after the other, the most important first. A second tap takes it back.";
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("aria-live", "polite");
  list.after(said);
  fields.forEach((field) => {
    const label = list.querySelector(`label[for="${field.id}"]`);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label.textContent;
    label.classList.add("unseen");
    label.after(button);
    button.addEventListener("click", () => {
      const place = Number(field.value);
      if (place) {
        fields.forEach((each) => { if (Number(each.value) >= place) each.value = ""; });
      } else {
        const taken = fields.filter((each) => each.value).length;
        field.value = taken + 1;
        const left = fields.filter((each) => !each.value);
        if (left.length === 1) left[0].value = fields.length;
      }
      said.textContent = field.value ? `${button.textContent}: place ${field.value}` : `${button.textContent}: no place`;
      showPlaces(fields);
      countAnswered();
    });
    field.addEventListener("input", () => showPlaces(fields));
  });
  showPlaces(fields);
}

function showPlaces(fields) {
  fields.forEach((field) => field.closest("li").classList.toggle("placed", Boolean(field.value)));
}

if (form && told) {
  form.querySelectorAll("[data-rank]").forEach(placeByTaps);
  form.addEventListener("input", countAnswered);
  countAnswered();
}
