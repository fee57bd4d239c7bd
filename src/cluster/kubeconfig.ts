import type { KubeConfig } from '@kubernetes/client-node';
import { ClusterError } from './cluster-error.js';

export interface KubeconfigChoice {
  /** A kubeconfig file; without one: `$KUBECONFIG`, `~/.kube/config`, or the pod's own service account, in this order. */
  readonly kubeconfig?: string | undefined;
  /** A context of that file; without one its current context. */
  readonly context?: string | undefined;
}

/**
 * Finds the cluster to talk to and how to prove who asks. The client is loaded here and nowhere else at run time, and
 * only now: it takes half a second that the commands without a cluster must not pay.
 *
 * @throws ClusterError `kubeconfig`
 */
export async function loadKubeConfig(choice: KubeconfigChoice): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const place = choice.kubeconfig ?? 'the default kubeconfig';
  try {
    if (choice.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(choice.kubeconfig);
  } catch (cause) {
    throw new ClusterError('kubeconfig', `cannot read ${place}: ${reasonOf(cause)}`, { cause });
  }
  if (choice.context !== undefined) chooseContext(config, choice.context, place);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new ClusterError(
      'kubeconfig',
      `${place} says no cluster: its current context is "${config.getCurrentContext()}"; choose one of ${contextsOf(config)} with --context`,
    );
  }
  if (choice.kubeconfig === undefined && cluster.server === NO_CLUSTER) {
    throw new ClusterError(
      'kubeconfig',
      'no cluster is configured: name a file with --kubeconfig or $KUBECONFIG, or run inside a cluster',
    );
  }
  return config;
}

/** What `loadFromDefault` falls back to when it has found nothing at all. */
const NO_CLUSTER = 'http://localhost:8080';

function chooseContext(config: KubeConfig, context: string, place: string): void {
  if (config.getContextObject(context) === null) {
    throw new ClusterError('kubeconfig', `${place} has no context "${context}"; it has ${contextsOf(config)}`);
  }
  config.setCurrentContext(context);
}

function contextsOf(config: KubeConfig): string {
  const names = config.getContexts().map((context) => `"${context.name}"`);
  return names.length > 0 ? names.join(', ') : 'none';
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
