import { watchManifestWorld, type ManifestReload } from '../files/manifest-watch.js';
import { HELD_KINDS } from '../mesh/held-kinds.js';
import { MeshWorld } from '../mesh/world/mesh-world.js';
import { refOf } from '../mesh/read-object.js';
import { meshGround, type MeshSettings } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { InputError } from './input-error.js';
import type { WorldSource } from './world-source.js';

export interface FileSourceOptions {
  readonly paths: readonly string[];
  readonly mesh: MeshSettings;
  readonly input: AsyncIterable<unknown>;
  readonly logger: Logger;
  /** Told of every change of the files that cannot be followed. */
  readonly onFailure: () => void;
}

/** A world of files, which is read again when they change. What would be applied to a cluster is logged. */
export interface FileWorldSource extends WorldSource {
  /** How many objects there are now. */
  size(): number;
}

/**
 * Opens a world of files.
 *
 * @throws InputError with every fault of the files, for half a world must not be judged with; PathError for a path that
 * cannot be read
 */
export async function fileWorldSource(options: FileSourceOptions): Promise<FileWorldSource> {
  const { paths, mesh, input, logger, onFailure } = options;
  const world = new MeshWorld(meshGround(mesh));
  const watched = await watchManifestWorld({
    paths,
    mesh,
    input,
    writer: world,
    onReload: (reload) => {
      logReload(reload, logger);
      if (reload.faults.some(({ file }) => reload.files.includes(file))) onFailure();
    },
    onTrouble: (failure) => {
      if (failure === undefined) {
        logger.info('manifests can be read again');
        return;
      }
      logger.error({ err: failure }, 'manifests cannot be read: the world stays as it was');
      onFailure();
    },
  });
  const manifests = watched.world;
  if (manifests.faults.length > 0) {
    watched.close();
    throw new InputError(manifests.faults.map(({ file, line, problem }) => `${file}:${line}: ${problem}`));
  }
  for (const left of manifests.skipped) logger.warn(left, 'left out');
  return {
    world,
    size: () => manifests.size,
    readiness: () => [],
    age: () => 0,
    kinds: () => HELD_KINDS.map(({ kind }) => ({ kind, age: 0, restarts: 0 })),
    settle: (settings) => {
      manifests.settle(settings);
    },
    apply: (manifest) => {
      // As a text: the logger keeps the specs of objects to itself, and here the object is what was asked for.
      logger.info({ object: refOf(manifest), manifest: JSON.stringify(manifest) }, 'would apply');
      return Promise.resolve();
    },
    close: () => {
      watched.close();
      return Promise.resolve();
    },
  };
}

/** What was said of a file is not said again when another one changes. */
function logReload({ files, faults, skipped }: ManifestReload, logger: Logger): void {
  logger.info({ files }, 'manifests read again');
  for (const fault of faults) {
    if (files.includes(fault.file)) logger.error(fault, 'manifest cannot be read: what the file held before stays');
  }
  for (const left of skipped) {
    if (files.includes(left.file)) logger.warn(left, 'left out');
  }
}
