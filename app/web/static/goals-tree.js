// Arrow keys in the tree of goals: up and down move, right opens, left closes or goes to what is above.
addEventListener("keydown", (event) => {
  const tree = event.target.closest?.("[data-tree]");
  const item = tree && event.target.closest("li[class]");
  if (!item || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const titles = [...tree.querySelectorAll(".name > a")].filter((each) => each.checkVisibility());
  const title = item.querySelector(".name > a");
  const branch = item.querySelector(":scope > details");
  const place = titles.indexOf(title);
  const steps = {
    ArrowDown: () => titles[place + 1],
    ArrowUp: () => titles[place - 1],
    Home: () => titles[0],
    End: () => titles.at(-1),
    ArrowRight: () => {
      if (!branch) return null;
      if (branch.open) return titles[place + 1];
      branch.open = true;
      return title;
    },
    ArrowLeft: () => {
      if (!branch?.open) return item.parentElement.closest("li[class]")?.querySelector(".name > a");
      branch.open = false;
      return title;
    },
  };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const next = step();
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
});
