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
    for (const { identity, manifest } of await listPath(each)) {
      const known = found.get(identity);
      if (known === undefined || (manifest.named && !known.named)) found.set(identity, manifest);
    }
  }
  return [...found.values()];
}

interface FoundPath {
  readonly manifest: ManifestPath;
  /** The same for the same file, by whatever way it was found. */
  readonly identity: string;
}

async function listPath(given: string): Promise<readonly FoundPath[]> {
  if (given === STANDARD_INPUT) return [found(STANDARD_INPUT, STANDARD_INPUT, { named: true })];
  try {
    const identity = await realpath(given);
    const isFolder = (await stat(given)).isDirectory();
    return isFolder
      ? await listFolder({ shown: given, identity, isTemplates: false })
      : [found(given, identity, { named: true })];
  } catch (error) {
    throw new PathError(given, reasonOf(error), { cause: error });
  }
}

function found(file: string, identity: string, { named = false, inChart = false }): FoundPath {
  return { identity, manifest: { file, named, inChart } };
}

interface Folder {
  /** As the user wrote it, or came to it. */
  readonly shown: string;
  readonly identity: string;
  /** It lies among the templates of a chart. */
  readonly isTemplates: boolean;
}

async function listFolder({ shown, identity, isTemplates }: Folder): Promise<readonly FoundPath[]> {
  const entries = (await readdir(shown, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  const paths: FoundPath[] = [];
  for (const entry of entries) {
    const file = path.join(shown, entry.name);
    // Only a link can make one file of two names, and asking the system for every file takes long.
    const own = path.join(identity, entry.name);
    if (entry.isDirectory()) {
      const below = isTemplates || (isChart && entry.name === 'templates');
      paths.push(...(await listFolder({ shown: file, identity: own, isTemplates: below })));
    } else if (MANIFEST_NAME.test(entry.name)) {
      const target = entry.isFile() ? own : await linkedFile(file);
      if (target !== undefined) paths.push(found(file, target, { inChart: isTemplates }));
    }
  }
  return paths;
}

/** The file that a link leads to. One that leads nowhere is left out: its target may be in the middle of being replaced. */
async function linkedFile(link: string): Promise<string | undefined> {
  try {
    return (await stat(link)).isFile() ? await realpath(link) : undefined;
  } catch {
    return undefined;
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
