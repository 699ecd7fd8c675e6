import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const CLUSTER = fileURLToPath(new URL("../../examples/clusters/boutique", import.meta.url));
const HISTORY = fileURLToPath(new URL("../example/history.json", import.meta.url));

/** `#example`: the files of the example cluster, packed. */
export function example(): Plugin {
  return {
    name: "posture-example",
    resolveId: (id) => (id === "#example" ? "\0#example" : undefined),
    async load(id) {
      if (id !== "\0#example") return undefined;
      const files: Record<string, string> = {};
      for (const entry of await readdir(CLUSTER, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name === "README.md") continue;
        const path = join(entry.parentPath, entry.name);
        files[relative(CLUSTER, path)] = await readFile(path, "utf8");
      }
      files["history.json"] = await readFile(HISTORY, "utf8");
      const sorted = Object.fromEntries(Object.entries(files).sort());
      const packed = gzipSync(JSON.stringify(sorted), { level: 9 }).toString("base64");
      return `export default ${JSON.stringify(packed)};`;
    },
  };
}
