/** The file of dismissals that `posture score --dismissals` reads. */

export interface ToKeep {
  action: string;
  reason: string;
  by: string;
  at: string;
  /** The keys of all items; null when not all are listed, which covers the whole action. */
  items: readonly string[] | null;
}

const HEAD = "# Risk that was accepted. `posture score --dismissals` reads it.\n";

export function dismissalsFile(of: readonly ToKeep[]): string {
  return `${HEAD}dismissals:\n${of.map(entry).join("")}`;
}

function entry({ action, reason, by, at, items }: ToKeep): string {
  const lines = [
    `  - action: ${quoted(action)}`,
    `    reason: ${quoted(reason)}`,
    `    by: ${quoted(by)}`,
    `    at: ${quoted(at)}`,
  ];
  if (items === null) lines.push("    covers: action");
  else lines.push("    items:", ...items.map((key) => `      - ${quoted(key)}`));
  return `${lines.join("\n")}\n`;
}

/** A text of JSON is a text of YAML. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
