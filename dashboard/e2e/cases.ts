/** The conformance corpus, as the other front ends read it. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const CORPUS = fileURLToPath(new URL("../../cases", import.meta.url));

export interface Case {
  name: string;
  /** Paths below `input/`, and where these files are. */
  files: { name: string; path: string }[];
  request: string;
  expected: string;
}

export function cases(): Case[] {
  const folders = readdirSync(CORPUS, { withFileTypes: true }).filter((each) => each.isDirectory());
  return folders.map(({ name }) => {
    const request = join(CORPUS, name, "request.json");
    return {
      name,
      files: filesOf(join(CORPUS, name, "input")),
      request: existsSync(request) ? readFileSync(request, "utf8") : "{}",
      expected: readFileSync(join(CORPUS, name, "expected.json"), "utf8"),
    };
  });
}

export function filesOf(root: string): { name: string; path: string }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(root, path).split(sep).join("/"), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
