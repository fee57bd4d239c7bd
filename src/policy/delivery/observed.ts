import { callsInWords } from '../calls-in-words.js';
import type { Mode } from '../modes.js';
import type { Observation, Scene } from '../rule.js';
import type { DeliveryRule } from './cause.js';
import { diagnosesOf } from './diagnosis.js';
import { requestsOf } from './requests.js';

/**
 * What one rule says of the calls that do not arrive.
 *
 * @param mode - where it is milder than the rule's own
 */
export function* observed(scene: Scene, rule: DeliveryRule, mode?: Mode): Generator<Observation> {
  for (const { hop, cause } of diagnosesOf(scene)) {
    if (cause.rule !== rule) continue;
    const { traced } = hop;
    const { touched, client } = traced;
    const requests = requestsOf(hop);
    yield {
      identity: [cause.message, touched.hostInWords, touched.call.port, client.description, requests].join(' '),
      call: traced,
      host: touched.shownHost,
      port: touched.call.port,
      explain: () => {
        const { values, ...place } = cause.tell(hop);
        const calls = `${callsInWords(touched)}${requests}`;
        return {
          message: cause.message,
          ...place,
          ...(mode === undefined ? {} : { mode }),
          values: { ...values, calls },
        };
      },
    };
  }
}
