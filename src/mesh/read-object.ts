import { heldVersion, type HeldKind } from './held-kinds.js';
import { readDestinationRuleSpec } from './kinds/destination-rule.js';
import { readEgressExemptionSpec } from './kinds/egress-exemption.js';
import { readEnvoyFilterSpec } from './kinds/envoy-filter.js';
import { readGatewaySpec } from './kinds/gateway.js';
import { readNetworkPolicySpec } from './kinds/network-policy.js';
import { readServiceEntrySpec } from './kinds/service-entry.js';
import { readServiceSpec } from './kinds/service.js';
import { readSidecarSpec } from './kinds/sidecar.js';
import { readVirtualServiceSpec } from './kinds/virtual-service.js';
import { readWorkloadEntrySpec } from './kinds/workload-entry.js';
import { ManifestError } from './manifest-error.js';
import type { MeshObject } from './mesh-object.js';
import { DEFAULT_NAMESPACE, readMetadata, type ObjectRef } from './metadata.js';
import { Fields, isObject, Reading, type DeprecatedSpelling, type JsonObject } from './reading.js';

/**
 * Reads a manifest of a kind that the world holds. The object keeps nothing of the document but its texts.
 *
 * @param document - attacker-controlled; JSON or YAML as parsed
 * @param missingAge - `createdAt` of an object without `creationTimestamp`: OLDEST in files, YOUNGEST at its creation
 * @returns undefined for every other kind, and for what has no `apiVersion` and `kind`
 * @throws {ManifestError} with all that the CRD, or Istio's own validation of a protocol or a weight, would refuse
 */
export function readObject(document: unknown, missingAge: number): MeshObject | undefined {
  const version = versionOf(document);
  if (version === undefined) return undefined;
  const reading = new Reading(isIstios(version.held));
  const object = readHeld(new Fields(reading, version.document), version, missingAge);
  if (reading.faults.length > 0) throw new ManifestError(refOfHeld(version), reading.faults);
  if (reading.deprecated.size === 0) return object;
  return { ...object, metadata: { ...object.metadata, oldSpellings: [...reading.deprecated.values()] } };
}

/** What names the object; undefined where the document has no `apiVersion` and `kind`. Never throws. */
export function refOf(document: unknown): ObjectRef | undefined {
  const version = versionOf(document);
  if (version !== undefined) return refOfHeld(version);
  if (!isObject(document)) return undefined;
  const root = fieldsOf(document);
  const apiVersion = root.text('apiVersion');
  const kind = root.text('kind');
  if (apiVersion === undefined || kind === undefined) return undefined;
  return { apiVersion, kind, ...nameOf(root) };
}

/** The fields of 2019 that the document still uses where Sallyport reads it, in the order of reading. Never throws. */
export function deprecatedSpellings(document: unknown): readonly DeprecatedSpelling[] {
  const version = versionOf(document);
  if (version === undefined || !isIstios(version.held)) return [];
  const reading = new Reading(true);
  readHeld(new Fields(reading, version.document), version, 0);
  return [...reading.deprecated.values()];
}

interface HeldDocument {
  readonly document: JsonObject;
  readonly held: HeldKind;
  readonly apiVersion: string;
}

/** Only Istio's kinds have spellings of 2019. */
function isIstios({ group }: HeldKind): boolean {
  return group === 'networking.istio.io';
}

function versionOf(document: unknown): HeldDocument | undefined {
  if (!isObject(document)) return undefined;
  const root = fieldsOf(document);
  const version = heldVersion(root.text('apiVersion') ?? '', root.text('kind') ?? '');
  return version === undefined ? undefined : { document, ...version };
}

function readHeld(root: Fields, { held, apiVersion }: HeldDocument, missingAge: number): MeshObject {
  const metadata = readMetadata(root, held.namespaced, missingAge);
  switch (held.kind) {
    case 'DestinationRule':
      return { kind: held.kind, apiVersion, metadata, spec: readDestinationRuleSpec(root.objectOrEmpty('spec')) };
    case 'EgressExemption':
      return { kind: held.kind, apiVersion, metadata, spec: readEgressExemptionSpec(root.requiredObject('spec')) };
    case 'EnvoyFilter':
      return { kind: held.kind, apiVersion, metadata, spec: readEnvoyFilterSpec(root.objectOrEmpty('spec')) };
    case 'Gateway':
      return { kind: held.kind, apiVersion, metadata, spec: readGatewaySpec(root.objectOrEmpty('spec')) };
    case 'Namespace':
      return { kind: held.kind, apiVersion, metadata };
    case 'NetworkPolicy':
      return { kind: held.kind, apiVersion, metadata, spec: readNetworkPolicySpec(root.objectOrEmpty('spec')) };
    case 'Service':
      return { kind: held.kind, apiVersion, metadata, spec: readServiceSpec(root.objectOrEmpty('spec'), metadata) };
    case 'ServiceEntry':
      return { kind: held.kind, apiVersion, metadata, spec: readServiceEntrySpec(root.requiredObject('spec')) };
    case 'Sidecar':
      return { kind: held.kind, apiVersion, metadata, spec: readSidecarSpec(root.objectOrEmpty('spec')) };
    case 'VirtualService':
      return { kind: held.kind, apiVersion, metadata, spec: readVirtualServiceSpec(root.objectOrEmpty('spec')) };
    case 'WorkloadEntry':
      return {
        kind: held.kind,
        apiVersion,
        metadata,
        spec: readWorkloadEntrySpec(root.requiredObject('spec'), metadata),
      };
  }
}

function refOfHeld({ document, held, apiVersion }: HeldDocument): ObjectRef {
  const { name, namespace } = nameOf(fieldsOf(document));
  if (!held.namespaced) return { apiVersion, kind: held.kind, namespace: '', name };
  return { apiVersion, kind: held.kind, namespace: namespace === '' ? DEFAULT_NAMESPACE : namespace, name };
}

function nameOf(root: Fields): { readonly name: string; readonly namespace: string } {
  const metadata = root.objectOrEmpty('metadata');
  return {
    name: metadata.text('name') ?? metadata.text('generateName') ?? '',
    namespace: metadata.text('namespace') ?? '',
  };
}

/** For fields whose faults somebody else tells, or nobody. */
function fieldsOf(document: JsonObject): Fields {
  return new Fields(new Reading(false), document);
}
