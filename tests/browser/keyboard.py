"""A person without a mouse: presses keys, looks where they stand, counts. Nothing is clicked or focused."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page

# What somebody who listens hears of the place where they stand: what it is called.
HEARD = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const named = at.getAttribute("aria-labelledby");
  const label = named ? document.getElementById(named).innerText : at.getAttribute("aria-label");
  return (label || at.labels?.[0]?.innerText || at.innerText || "").trim().replace(/\\s+/g, " ");
}"""
MOST_TABS = 25


@dataclass
class Keyboard:
    """The keys of a browser. `pressed`: how often one that goes or acts was; `typed`: characters of words."""

    page: Page
    pressed: int = 0
    typed: int = 0

    async def press(self, key: str, times: int = 1) -> None:
        """Presses a key."""
        for _ in range(times):
            await self.page.keyboard.press(key)
        self.pressed += times

    async def write(self, words: str) -> None:
        """Types words where one stands."""
        await self.page.keyboard.type(words)
        self.typed += len(words)

    async def stand(self) -> str:
        """What one stands on, by its name; nothing where the focus is lost."""
        return str(await self.page.evaluate(HEARD))

    async def go_to(self, name: str, *, key: str = "Tab", most: int = MOST_TABS) -> int:
        """Presses a key until one stands on what is called so: how often that took."""
        return await self.go_until(lambda told: told.startswith(name), name, key=key, most=most)

    async def go_until(
        self, found: Callable[[str], bool], what: str, *, key: str, most: int = MOST_TABS
    ) -> int:
        """Presses a key until what one stands on is the right thing: how often that took."""
        passed = []
        for times in range(1, most + 1):
            await self.press(key)
            passed.append(await self.stand())
            if found(passed[-1]):
                return times
        raise AssertionError(f"{most} times {key} did not lead to {what}: {passed}")
