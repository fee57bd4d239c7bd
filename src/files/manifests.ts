import { joinManifests, readManifestFile, type Manifests } from './manifest-file.js';
import { listManifests, reasonOf, STANDARD_INPUT, type ManifestPath } from './manifest-paths.js';
import { readText } from './text-file.js';

/** What the paths' files hold, file by file. */
export interface FileManifests extends Manifests {
  readonly file: string;
}

/** How many files are open at once: reading many small files is mostly waiting. */
const READ_AT_ONCE = 32;

/**
 * Reads every object of the files that `paths` mean: see `listManifests` for which files, `readManifestFile` for what in them.
 * Standard input, `-`, is shown as `-` in what is found there.
 *
 * Throws `PathError` for a path that cannot be read; whatever is wrong inside a file is among the faults.
 */
export async function readManifests(paths: readonly string[], input: AsyncIterable<unknown>): Promise<Manifests> {
  const files = await listManifests(paths);
  return joinManifests(await readFiles(files, input));
}

/** Reads these files, in their order. A file that cannot be read is a fault of its own. */
export async function readFiles(
  files: readonly ManifestPath[],
  input: AsyncIterable<unknown>,
): Promise<readonly FileManifests[]> {
  const read: FileManifests[] = [];
  for (let start = 0; start < files.length; start += READ_AT_ONCE) {
    const batch = files.slice(start, start + READ_AT_ONCE);
    read.push(...(await Promise.all(batch.map((file) => readOne(file, input)))));
  }
  return read;
}

async function readOne(manifest: ManifestPath, input: AsyncIterable<unknown>): Promise<FileManifests> {
  const { file } = manifest;
  let text: string;
  try {
    text = await readText(file === STANDARD_INPUT ? input : file);
  } catch (error) {
    return { file, documents: [], faults: [{ file, line: 1, problem: reasonOf(error) }], skipped: [] };
  }
  return { file, ...readManifestFile({ ...manifest, text }) };
}
