import { PROTOCOL_NAMES, protocolNamed, type Protocol } from './protocol.js';
import { shown } from './fault.js';
import type { Fields } from './reading.js';

/**
 * The `protocol` of a port of a ServiceEntry, Gateway or Sidecar. The CRDs take any text; Istio's own validation refuses a
 * name that it does not know (`ValidateProtocol`), and so does this.
 */
export function readProtocol(port: Fields): Protocol {
  const written = port.text('protocol');
  if (written === undefined) return 'unset';
  const protocol = protocolNamed(written);
  if (protocol === undefined) {
    port.fault('protocol', `must be one of ${PROTOCOL_NAMES.join(', ')}, not ${shown(written)}`);
  }
  return protocol ?? 'unset';
}
