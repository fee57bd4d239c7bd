import t from 'tap';
import { heldVersion } from '../../src/mesh/held-kinds.js';
import { OLDEST } from '../../src/mesh/metadata.js';
import { readObject, refOf } from '../../src/mesh/read-object.js';
import { faultsOf } from './manifests.js';
import { conformanceObjects, NO_SHARED_FOLDER } from './shared-folder.js';

t.test('every object of the cases is read', { skip: NO_SHARED_FOLDER }, (t) => {
  let read = 0;
  const refused: string[] = [];
  const missed: string[] = [];
  for (const { place, document } of conformanceObjects()) {
    const ref = refOf(document);
    const held = ref !== undefined && heldVersion(ref.apiVersion, ref.kind) !== undefined;
    const faults = faultsOf(document);
    if (faults.length > 0) refused.push(`${place} ${JSON.stringify(ref)} ${JSON.stringify(faults)}`);
    else if (held !== (readObject(document, OLDEST) !== undefined)) missed.push(place);
    else if (held) read += 1;
  }
  t.same(refused, []);
  t.same(missed, []);
  t.ok(read > 10_000, `${read} objects`);
  t.end();
});
