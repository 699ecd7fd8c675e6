import { isReport } from "../state/assessment.ts";
import { preset } from "../state/preset.ts";
import { PRESETS, type Preset } from "../worker/protocol.ts";
import { Switch } from "./basics.tsx";

const OWN = "own";

/** A preset is another method: the input is opened again. */
export function Presets() {
  const named = PRESETS.map((name): [Preset | typeof OWN, string] => [name, name]);
  const own: [typeof OWN, string] = [OWN, "as reported"];
  return (
    <Switch
      label="Preset of the method"
      options={isReport.value ? [own, ...named] : named}
      value={preset.value ?? (isReport.value ? OWN : "default")}
      choose={(wanted) => {
        preset.value = wanted === OWN ? null : wanted;
      }}
    />
  );
}
