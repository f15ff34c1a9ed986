// Brings out what a box of the strategy map leads to and what leads to it, while it is pointed at or focused.
const map = document.querySelector(".strategy-map");
const lines = [...(map?.querySelectorAll("[data-ends]") ?? [])].map((line) => {
  const [source, target] = line.dataset.ends.split(" ");
  return { line, source, target };
});
const nodes = new Map([...(map?.querySelectorAll("[data-node]") ?? [])].map((node) => [node.dataset.node, node]));

function follow(start, from, to, found) {
  const waiting = [start];
  while (waiting.length) {
    const node = waiting.pop();
    for (const each of lines) {
      if (each[from] !== node || found.has(each.line)) continue;
      found.add(each.line);
      found.add(nodes.get(each[to]));
      waiting.push(each[to]);
    }
  }
}

function bringOut(event) {
  const node = event.target.closest?.("[data-node]")?.dataset.node;
  map.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
  map.classList.toggle("traced", Boolean(node));
  if (!node) return;
  const found = new Set([nodes.get(node)]);
  follow(node, "source", "target", found);
  follow(node, "target", "source", found);
  found.forEach((each) => each.classList.add("lit"));
}

map?.addEventListener("pointerover", bringOut);
map?.addEventListener("focusin", bringOut);
map?.addEventListener("pointerleave", () => map.classList.remove("traced"));
map?.addEventListener("focusout", () => map.classList.remove("traced"));
