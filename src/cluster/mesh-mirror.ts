import { loadAll } from 'js-yaml';
import { readMeshConfig, type MeshConfig } from '../mesh/kinds/mesh-config.js';
import { MESH_KEY } from '../mesh/kinds/mesh-map.js';
import type { WorldWriter } from '../mesh/world/writer.js';
import { meshGround, settleMesh, type MeshSettings } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';
import { at } from './document.js';
import type { Listing, Mirror } from './mirror.js';

/**
 * Gives the mesh's configuration to a world: what the ConfigMap says, and without one what the policy and Istio's
 * defaults do. A text that cannot be read leaves the mesh as it was.
 */
export class MeshMirror implements Mirror {
  readonly #writer: WorldWriter;
  readonly #log: Pick<Logger, 'warn'>;
  #settings: MeshSettings;
  #text: string | undefined;
  #mesh: MeshConfig;
  #unreadable = false;

  constructor(settings: MeshSettings, writer: WorldWriter, log: Pick<Logger, 'warn'>) {
    this.#settings = settings;
    this.#writer = writer;
    this.#log = log;
    this.#mesh = meshGround(settings);
    writer.configure(this.#mesh);
  }

  get unreadable(): number {
    return this.#unreadable ? 1 : 0;
  }

  list(): Listing {
    let text: string | undefined;
    return {
      add: (document) => {
        text = meshTextOf(document);
      },
      complete: () => {
        this.#take(text);
      },
    };
  }

  put(document: unknown): void {
    this.#take(meshTextOf(document));
  }

  remove(): void {
    this.#take(undefined);
  }

  /** Reads the configuration again, with another policy's word on it. */
  settle(settings: MeshSettings): void {
    this.#settings = settings;
    this.#take(this.#text);
  }

  #take(text: string | undefined): void {
    this.#text = text;
    const ground = meshGround(this.#settings);
    try {
      // An empty text is no document.
      const configured = text === undefined ? ground : readMeshConfig(loadAll(text)[0], ground);
      this.#unreadable = false;
      this.#configure(settleMesh(this.#settings, configured));
    } catch (error) {
      this.#unreadable = true;
      this.#log.warn({ err: error }, 'mesh configuration cannot be read: the last one stays');
    }
  }

  #configure(mesh: MeshConfig): void {
    if (JSON.stringify(mesh) === JSON.stringify(this.#mesh)) return;
    this.#mesh = mesh;
    this.#writer.configure(mesh);
  }
}

function meshTextOf(document: unknown): string | undefined {
  const text = at(document, 'data', MESH_KEY);
  return typeof text === 'string' ? text : undefined;
}
