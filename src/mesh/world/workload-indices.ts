import { addressKey } from '../address.js';
import type { Sidecar } from '../kinds/sidecar.js';
import type { WorkloadEntry } from '../kinds/workload-entry.js';
import { byAge } from '../metadata.js';
import { putIn, takeOut, type Act } from './changeable.js';
import { layered, type LayerIndices } from './layer.js';
import { Index } from './lookup.js';
import type { World } from './world.js';

/** What a world tells of its Sidecars and WorkloadEntries. */
export type WorkloadLookups = Pick<World, 'sidecars' | 'sidecarNamespaces' | 'workloadEntries' | 'workloadsAt'>;

export class WorkloadIndices implements WorkloadLookups {
  readonly sidecars = new Index<Sidecar>(byAge);
  readonly workloadEntries = new Index<WorkloadEntry>(byAge);
  readonly workloadsAt = new Index<WorkloadEntry>(byAge);

  sidecarNamespaces(): Iterable<string> {
    return this.sidecars.keys();
  }

  add(object: Sidecar | WorkloadEntry): void {
    this.#change(object, putIn);
  }

  remove(object: Sidecar | WorkloadEntry): void {
    this.#change(object, takeOut);
  }

  #change(object: Sidecar | WorkloadEntry, act: Act): void {
    const { namespace } = object.metadata;
    if (object.kind === 'Sidecar') {
      act(this.sidecars, namespace, object);
      return;
    }
    act(this.workloadEntries, namespace, object);
    act(this.workloadsAt, addressKey(object.spec.address), object);
  }
}

export function layeredWorkloads(below: WorkloadLookups, layer: LayerIndices<WorkloadIndices>): WorkloadLookups {
  const { added, gone, isGone } = layer;
  const change = <I>(plus: I, minus: I) => ({ added: plus, gone: minus, isGone, compare: byAge });
  const sidecars = layered(below.sidecars, change(added.sidecars, gone.sidecars));
  return {
    sidecars,
    sidecarNamespaces: () => {
      const all = new Set([...below.sidecarNamespaces(), ...added.sidecarNamespaces()]);
      for (const namespace of gone.sidecarNamespaces()) if (sidecars.of(namespace).length === 0) all.delete(namespace);
      return all;
    },
    workloadEntries: layered(below.workloadEntries, change(added.workloadEntries, gone.workloadEntries)),
    workloadsAt: layered(below.workloadsAt, change(added.workloadsAt, gone.workloadsAt)),
  };
}
