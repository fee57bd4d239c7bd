import { FileWatch } from './file-watch.js';
import type { ManifestFault, SkippedFile } from './manifest-file.js';
import { listManifests, STANDARD_INPUT, type ManifestPath } from './manifest-paths.js';
import { ManifestWorld } from './manifest-world.js';
import { readFiles } from './manifests.js';
import type { MeshSettings } from '../policy/policy.js';
import type { WorldWriter } from '../mesh/world/writer.js';

export interface ManifestWorldOptions {
  readonly paths: readonly string[];
  readonly writer: WorldWriter;
  readonly mesh: MeshSettings;
  /** What `-` among the paths reads. */
  readonly input: AsyncIterable<unknown>;
}

/** Fills a world from files, once. Throws `PathError`; what is wrong in the files is in the result's `faults`. */
export async function loadManifestWorld(options: ManifestWorldOptions): Promise<ManifestWorld> {
  const world = new ManifestWorld(options.writer, options.mesh);
  const files = await listManifests(options.paths);
  world.update(await readFiles(files, options.input), fileNames(files));
  return world;
}

/** Told after every change of the files. */
export interface ManifestReload {
  /** The files that were read again, and those that are gone. */
  readonly files: readonly string[];
  /** Everything that is wrong now: of the files that have faults, the objects of before are kept. */
  readonly faults: readonly ManifestFault[];
  readonly skipped: readonly SkippedFile[];
}

export interface ManifestWatchOptions extends ManifestWorldOptions {
  readonly onReload: (reload: ManifestReload) => void;
  /** A path that was given cannot be read any more, or can be again (undefined); meanwhile nothing changes. */
  readonly onTrouble: (failure: Error | undefined) => void;
  /** See `FileWatch`. */
  readonly interval?: number;
}

/** A world that follows its files. */
export interface WatchedManifests {
  readonly world: ManifestWorld;
  close(): void;
}

/** Fills a world from files and keeps it equal to them until it is closed. Throws `PathError`, as `loadManifestWorld` does. */
export async function watchManifestWorld(options: ManifestWatchOptions): Promise<WatchedManifests> {
  const { paths, writer, input, onReload, onTrouble, interval } = options;
  const world = new ManifestWorld(writer, options.mesh);
  let files: readonly ManifestPath[] = [];
  const watch = new FileWatch({
    ...(interval === undefined ? {} : { interval }),
    list: async () => {
      files = await listManifests(paths);
      return fileNames(files).filter((file) => file !== STANDARD_INPUT);
    },
    onChange: async ({ changed, gone }) => {
      const touched = files.filter(({ file }) => changed.includes(file));
      world.update(await readFiles(touched, input), fileNames(files), gone);
      onReload({ files: [...changed, ...gone], faults: world.faults, skipped: world.skipped });
    },
    onTrouble,
  });
  await watch.remember();
  world.update(await readFiles(files, input), fileNames(files));
  watch.start();
  return {
    world,
    close: () => {
      watch.close();
    },
  };
}

function fileNames(files: readonly ManifestPath[]): readonly string[] {
  return files.map(({ file }) => file);
}
