/** The preset of the method that is wanted: the address holds it, and the input is read again for it. */

import { signal } from "@preact/signals";
import { PRESETS, type Preset } from "../worker/protocol.ts";

export const preset = signal<Preset>("default");

export function presetOf(text: string | null): Preset {
  return PRESETS.find((known) => known === text) ?? "default";
}
