// Whoever uses keys stays where they are when what they were on disappears.

const CAN_HOLD = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary";

const firstIn = (node) => node && (node.matches(CAN_HOLD) ? node : node.querySelector(CAN_HOLD));

/** Does `change`; where it takes away what has the focus, what comes next in its place gets it. */
export function keepingFocus(change) {
  const focused = document.activeElement;
  const above = [];
  for (let node = focused; node?.parentElement && node.id !== "main"; node = node.parentElement) {
    above.push([node.parentElement, [...node.parentElement.children].indexOf(node)]);
  }
  change();
  // Outside the screen, such as in a menu, things stay; and without a focus there is none to keep.
  if (!focused || focused.isConnected || above.at(-1)?.[0].id !== "main") return;
  const [place, at] = above.find(([node]) => node.isConnected) ?? [];
  const next = firstIn(place?.children[at]) ?? firstIn(place?.children[at - 1]) ?? firstIn(place) ?? document.getElementById("main");
  next?.focus({ preventScroll: true });
}
