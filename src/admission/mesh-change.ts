import { readMeshConfig, type MeshConfig } from '../mesh/kinds/mesh-config.js';
import { MESH_CONFIG_MAP, MESH_KEY, type MeshMap } from '../mesh/kinds/mesh-map.js';
import { ManifestError } from '../mesh/manifest-error.js';
import { OLDEST } from '../mesh/metadata.js';
import { isObject } from '../mesh/reading.js';
import type { World } from '../mesh/world/world.js';
import type { ObjectChange } from '../policy/change.js';
import { meshGround, settleMesh, type MeshSettings } from '../policy/policy.js';
import type { AdmissionRequest } from './review.js';

/** Parses YAML, and throws where a text is none. */
export type ParseYaml = (text: string) => unknown;

export interface MeshReading {
  readonly settings: MeshSettings;
  readonly parseYaml: ParseYaml;
}

/** Whether a request is about the ConfigMap that configures the mesh. */
export function isAboutMesh({ kind, namespace, name, subResource }: AdmissionRequest, settings: MeshSettings): boolean {
  const isConfigMap = kind.group === '' && kind.version === 'v1' && kind.kind === 'ConfigMap';
  return isConfigMap && subResource === undefined && namespace === settings.rootNamespace && name === MESH_CONFIG_MAP;
}

/**
 * What a change of the mesh's own ConfigMap makes of the mesh. Where it is missing, the defaults are what it says, so that one which
 * comes or goes is an update too.
 *
 * @throws {ManifestError} when the new text cannot be read
 */
export function meshChange(request: AdmissionRequest, reading: MeshReading, world: World): ObjectChange | undefined {
  const { operation, object, oldObject } = request;
  if (operation === 'CONNECT') return undefined;
  const ground = meshGround(reading.settings);
  const known = oldObject === null ? undefined : readOld(request, oldObject, reading);
  const was = operation === 'CREATE' ? ground : (known ?? world.mesh);
  const is = operation === 'DELETE' ? ground : meshOf(request, object, reading);
  return { old: mapOf(request, was), object: mapOf(request, is) };
}

/** What cannot be read of the old text is no reason to refuse the new one. */
function readOld(request: AdmissionRequest, document: unknown, reading: MeshReading): MeshConfig | undefined {
  try {
    return meshOf(request, document, reading);
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

function meshOf(request: AdmissionRequest, document: unknown, { settings, parseYaml }: MeshReading): MeshConfig {
  const ground = meshGround(settings);
  const text = textOf(document);
  if (text === undefined) return ground;
  return settleMesh(settings, readMeshConfig(parsed(request, text, parseYaml), ground));
}

function parsed(request: AdmissionRequest, text: string, parseYaml: ParseYaml): unknown {
  try {
    return parseYaml(text);
  } catch {
    const { namespace, name } = request;
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
    throw new ManifestError(ref, [{ field: `data.${MESH_KEY}`, problem: 'is no YAML' }]);
  }
}

function textOf(document: unknown): string | undefined {
  const data = isObject(document) ? document['data'] : undefined;
  const text = isObject(data) && Object.hasOwn(data, MESH_KEY) ? data[MESH_KEY] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function mapOf({ namespace, name }: AdmissionRequest, mesh: MeshConfig): MeshMap {
  const metadata = { namespace, name, labels: {}, annotations: {}, createdAt: OLDEST, deleting: false };
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata, mesh };
}
