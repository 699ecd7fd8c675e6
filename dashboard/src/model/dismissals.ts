/** Dismissals of the page as the file that is kept with the policies, and as the commands that write it. */

export interface ToKeep {
  action: string;
  reason: string;
  by: string;
}

/** The items that it is about: their keys, or of many one text with the hashes of these. */
export type Snapshot = readonly string[] | string;

export type Kept = ToKeep & { at: string; items: Snapshot };

/** What `posture score --dismissals` reads; a text in JSON is one in YAML. */
export function dismissalFile(of: readonly Kept[]): string {
  const entries = of.map(({ action, reason, by, at, items }) =>
    [
      `  - action: ${JSON.stringify(action)}`,
      `    reason: ${JSON.stringify(reason)}`,
      `    by: ${JSON.stringify(by)}`,
      `    at: ${JSON.stringify(at)}`,
      typeof items === "string"
        ? `    items: ${JSON.stringify(items)}`
        : ["    items:", ...items.map((key) => `      - ${JSON.stringify(key)}`)].join("\n"),
    ].join("\n"),
  );
  return `# Risk that was accepted. \`posture score --dismissals\` reads it.\ndismissals:\n${entries.join("\n")}\n`;
}

const HEAD = `#!/bin/sh
# Accepts risk. Run it with the paths of the input: sh dismissals.sh PATH...
set -eu
`;

export function dismissalScript(of: readonly ToKeep[]): string {
  const lines = of.map(
    ({ action, reason, by }) =>
      `posture dismiss ${quoted(action)} --reason=${quoted(reason)} --by=${quoted(by)} "$@"`,
  );
  return `${HEAD}${lines.join("\n")}\n`;
}

/** One word of the shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
