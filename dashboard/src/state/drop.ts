/** Files that are dropped or chosen, folders with all that is in them. */

import type { Given } from "../worker/protocol.ts";

export async function dropped(transfer: DataTransfer): Promise<Given[]> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    return entry === null ? [] : [entry];
  });
  if (entries.length === 0) return chosen(transfer.files);
  const found = await Promise.all(entries.map((entry) => walk(entry)));
  return found.flat();
}

export function chosen(files: Iterable<File> | null): Given[] {
  return [...(files ?? [])]
    .filter((file) => !isHidden(file.name))
    .map((file) => ({
      name: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath,
      content: file,
    }));
}

async function walk(entry: FileSystemEntry): Promise<Given[]> {
  if (isHidden(entry.name)) return [];
  if (isFile(entry)) {
    const content = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ""), content }];
  }
  if (!isDirectory(entry)) return [];
  const found: Given[] = [];
  const reader = entry.createReader();
  // a reader gives a directory in pieces, and nothing when there is no more
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (piece.length === 0) return found;
    for (const inner of piece) found.push(...(await walk(inner)));
  }
}

/** As the command line: hidden files of a directory are left out. */
function isHidden(name: string): boolean {
  return name.startsWith(".");
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
