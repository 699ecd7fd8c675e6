/** The title of the page: tabs, bookmarks and screen readers tell views by it. */

import { effect } from "@preact/signals";
import { actionsById, phase } from "./assessment.ts";
import { route, VIEW_TITLES } from "./route.ts";

const PAGE = "Security Posture Overview";

export function keepTitle(): void {
  effect(() => {
    document.title = phase.value.name === "ready" ? titleOf() : PAGE;
  });
}

function titleOf(): string {
  const { view, of } = route.value;
  if (view === "overview") return PAGE;
  const name = of === null ? null : (actionsById.value.get(of)?.title ?? of);
  return [name, VIEW_TITLES[view], PAGE].filter((part) => part !== null).join(" · ");
}
