/** Dismissals of the page as commands, which write the file that is kept with the policies. */

export interface ToKeep {
  action: string;
  reason: string;
  by: string;
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
