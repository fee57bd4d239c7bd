import type { Observation, Rule, Scene } from '../rule.js';

/** Where the sidecar's certificates lay in 2019: no pod has files there today. */
const OLD_CERTIFICATES = '/etc/certs/';

/** What manifests of 2019 say, and today's API server drops or today's gateway does not find. */
export const deprecatedField: Rule = {
  id: 'deprecated-field',
  messages: {
    'old-spelling': {
      message: 'this is how the field was spelt in 2019; the API server drops it without a word',
      mend: 'write {instead}',
    },
    'certificate-files': {
      message: 'no gateway has certificates under /etc/certs any more, so this server serves nobody',
      mend: 'set tls.mode to ISTIO_MUTUAL and remove serverCertificate, privateKey and caCertificates',
    },
  },
  *check({ subject }: Scene): Generator<Observation> {
    if (subject === undefined) return;
    for (const { field, instead } of subject.metadata.oldSpellings ?? []) {
      yield {
        identity: field,
        explain: () => ({ message: 'old-spelling', object: subject, field, values: { instead } }),
      };
    }
    if (subject.kind !== 'Gateway') return;
    for (const [index, { tls }] of subject.spec.servers.entries()) {
      if (tls?.serverCertificate?.startsWith(OLD_CERTIFICATES) !== true) continue;
      const field = `spec.servers[${index}].tls.serverCertificate`;
      yield {
        identity: `${field} ${tls.serverCertificate}`,
        explain: () => ({ message: 'certificate-files', object: subject, field }),
      };
    }
  },
};
