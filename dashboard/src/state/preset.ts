/**
 * The preset of the method that is wanted: the address holds it, and the input is opened again for it.
 * Null where none is wanted: then a report keeps its own method, and files are read by `default`.
 */

import { signal } from "@preact/signals";
import { PRESETS, type Preset } from "../worker/protocol.ts";

export const preset = signal<Preset | null>(null);

export function presetOf(text: string | null): Preset | null {
  return PRESETS.find((known) => known === text) ?? null;
}
