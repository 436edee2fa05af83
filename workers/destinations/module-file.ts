import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** A file that may be run: its real path, and what changes when it is written anew. */
export type ModuleFile = { readonly path: string; readonly version: string };

/** The file a module names inside the folder, or in words why there is none. Links that lead out of the folder are refused. */
export async function moduleFile(folder: string, file: string): Promise<ModuleFile | string> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, file));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return `${file} leads out of the folder of modules`;
    const { mtimeMs, size, isFile } = await stats(path);
    return isFile ? { path, version: `${path} ${mtimeMs} ${size}` } : `${file} is no file`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return code === "ENOENT" || code === "ENOTDIR" ? `there is no ${file} in the folder of modules` : `${file} cannot be read (${code})`;
  }
}

async function stats(path: string): Promise<{ mtimeMs: number; size: number; isFile: boolean }> {
  const found = await stat(path);
  return { mtimeMs: found.mtimeMs, size: found.size, isFile: found.isFile() };
}
