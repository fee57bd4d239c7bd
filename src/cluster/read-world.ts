import { HELD_KINDS } from '../mesh/held-kinds.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import type { MeshSettings } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { pagesOf } from './collection-pages.js';
import type { ClusterConnection } from './connection.js';
import { locate, type Asking, type Collection } from './discovery.js';
import { meshCollection } from './mesh-collection.js';
import { MeshMirror } from './mesh-mirror.js';
import type { Mirror } from './mirror.js';
import { ObjectMirror } from './object-mirror.js';

export interface ReadWorldOptions extends Asking {
  readonly connection: ClusterConnection;
  readonly writer: WorldWriter;
  readonly settings: MeshSettings;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Gives a world all that a cluster holds now: what a command needs that answers once. A kind that is not served is empty;
 * everything else that fails is the caller's to tell, for nobody waits for a command that tries again for ever.
 *
 * @throws ClusterError
 */
export async function readWorld({ connection, writer, settings, log, ...asking }: ReadWorldOptions): Promise<void> {
  await fill(connection, meshCollection(settings.rootNamespace), new MeshMirror(settings, writer, log), asking);
  for (const held of HELD_KINDS) {
    const collection = await locate(connection, held, asking);
    const mirror = new ObjectMirror(held.kind, writer, log);
    if (collection === undefined) {
      log.warn({ kind: held.kind }, 'not served by the API server: counted as empty');
      mirror.list().complete();
    } else {
      await fill(connection, collection, mirror, asking);
    }
  }
}

async function fill(
  connection: ClusterConnection,
  collection: Collection,
  mirror: Mirror,
  asking: Asking,
): Promise<void> {
  const listing = mirror.list();
  for await (const page of pagesOf(connection, collection, asking)) {
    for (const item of page.items) listing.add(item);
  }
  listing.complete();
}
