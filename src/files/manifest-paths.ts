import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** What stands for standard input among paths, and as the file of what was read there. */
export const STANDARD_INPUT = '-';

/** A path that was given and cannot be read. */
export class PathError extends Error {
  readonly code = 'PATH';
  readonly path: string;

  constructor(given: string, problem: string, options?: ErrorOptions) {
    super(`${given}: ${problem}`, options);
    this.name = 'PathError';
    this.path = given;
  }
}

/** A file that is to be read for manifests. */
export interface ManifestPath {
  readonly file: string;
  /** Given as such, and not found in a folder. */
  readonly named: boolean;
  readonly inChart: boolean;
}

const MANIFEST_NAME = /\.(?:ya?ml|json)$/i;

/**
 * The files that `given` paths mean, each once: a file is itself whatever its name; of a folder, every `.yaml`, `.yml` and
 * `.json` below it, in the order of their names. Names that begin with a dot are left out, as are folders behind links: so the
 * files of a mounted ConfigMap, which are links into a hidden folder, are found once.
 *
 * Throws `PathError` for a path that does not exist or may not be read.
 */
export async function listManifests(given: readonly string[]): Promise<readonly ManifestPath[]> {
  const found = new Map<string, ManifestPath>();
  for (const each of given) {
    for (const manifest of await listPath(each)) {
      const same = await identityOf(manifest.file);
      const known = found.get(same);
      if (known === undefined || (manifest.named && !known.named)) found.set(same, manifest);
    }
  }
  return [...found.values()];
}

/** A file that vanishes meanwhile is itself: whoever reads it will tell. */
async function identityOf(file: string): Promise<string> {
  if (file === STANDARD_INPUT) return file;
  try {
    return await realpath(file);
  } catch {
    return file;
  }
}

async function listPath(given: string): Promise<readonly ManifestPath[]> {
  if (given === STANDARD_INPUT) return [{ file: STANDARD_INPUT, named: true, inChart: false }];
  try {
    const isFolder = (await stat(given)).isDirectory();
    return isFolder ? await listFolder(given, false) : [{ file: given, named: true, inChart: false }];
  } catch (error) {
    throw new PathError(given, reasonOf(error), { cause: error });
  }
}

async function listFolder(folder: string, isTemplates: boolean): Promise<readonly ManifestPath[]> {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  const found: ManifestPath[] = [];
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      found.push(...(await listFolder(file, isTemplates || (isChart && entry.name === 'templates'))));
    } else if (MANIFEST_NAME.test(entry.name) && (entry.isFile() || (await isLinkToFile(file)))) {
      found.push({ file, named: false, inChart: isTemplates });
    }
  }
  return found;
}

/** A link that leads nowhere is left out: its target may be in the middle of being replaced. */
async function isLinkToFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** What went wrong with a file, in words; the code of the system stands for what people rarely meet. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read: permission denied';
    case 'EISDIR':
      return 'it is a folder';
    case 'ELOOP':
      return 'its links lead in a circle';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
