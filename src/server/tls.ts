import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ServerError } from './server-error.js';

/** What the server proves its name with: PEM both, the certificate with its chain. */
export interface ServingPair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Mozilla's "intermediate" list for TLS 1.2: forward secrecy and authenticated encryption only. The suites of TLS 1.3 are
 * all fine and are not named here.
 */
const TLS_1_2_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

const TLS_1_3_CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/**
 * The whole of what a secure context is made of; a swap of the certificate repeats all of it, because Node takes what is
 * left out as its default.
 *
 * @param clientCa PEM of the CAs that sign client certificates.
 * @throws ServerError when OpenSSL refuses the pair.
 */
export function secureContextOptions(pair: ServingPair, clientCa: string | undefined): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: pair.certificate,
    key: pair.key,
    minVersion: 'TLSv1.2',
    ciphers: [...TLS_1_3_CIPHERS, ...TLS_1_2_CIPHERS].join(':'),
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new ServerError('certificate-refused', 'the certificate, its key or the client CA cannot be used for TLS', {
      cause: error,
    });
  }
  return options;
}
