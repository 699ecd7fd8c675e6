/** Dark or light: the system's choice, until a person makes one. */

import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

export const theme = signal<Theme>("system");

/** A counter that moves when colours do: for what is drawn on a canvas. */
export const repaint = signal(0);

export function nextTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = theme.value === "dark" || (theme.value === "system" && dark);
  theme.value = isDark ? "light" : "dark";
}

export function keepTheme(): void {
  effect(() => {
    const chosen = theme.value;
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    repaint.value = repaint.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    repaint.value += 1;
  });
}
