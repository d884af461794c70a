// Files that a person drops on a page or chooses: a folder with all below it, or one zip.

import { LIMITS } from "../limits.ts";
import type { NamedFile } from "./messages.ts";

/** Files of a drop. What is deeper than folders are entered is left out. */
export async function droppedFiles({ items }: DataTransfer): Promise<NamedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: NamedFile[] = [];
  for (const entry of entries) await collect(entry, files, 0);
  return files;
}

/** Files of an input, by their paths below the folder that was chosen. */
export function chosenFiles({ files }: HTMLInputElement): NamedFile[] {
  return [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function collect(entry: FileSystemEntry, into: NamedFile[], depth: number): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path, file });
  } else if (depth < LIMITS.folderDepth) {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A hundred at most at a time.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) break;
      for (const inner of some) await collect(inner, into, depth + 1);
    }
  }
}
