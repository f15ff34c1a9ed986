// Arrow keys move through the results of a search, from the field down and back up.
addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const field = document.querySelector(".seek input");
  const places = [field, ...document.querySelectorAll(".found a")];
  const at = places.indexOf(document.activeElement);
  if (!step || at < 0 || !places[at + step]) return;
  event.preventDefault();
  places[at + step].focus();
});
