import { existsSync } from 'node:fs';
import path from 'node:path';

/** The programs that a test cluster is made of, each as a path. */
export interface Assets {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  readonly helm: string;
}

/** The programs in the folder that KUBEBUILDER_ASSETS names, or what is missing, in a sentence. */
export function findAssets(environment: NodeJS.ProcessEnv): Assets | { readonly missing: string } {
  const folder = environment['KUBEBUILDER_ASSETS'];
  if (folder === undefined || folder === '') {
    return { missing: 'KUBEBUILDER_ASSETS is not set: it names the folder of etcd, kube-apiserver, kubectl and helm' };
  }
  const assets = {
    etcd: path.join(folder, 'etcd'),
    apiServer: path.join(folder, 'kube-apiserver'),
    kubectl: path.join(folder, 'kubectl'),
    helm: path.join(folder, 'helm'),
  };
  const missing = Object.values(assets).filter((file) => !existsSync(file));
  return missing.length === 0 ? assets : { missing: `KUBEBUILDER_ASSETS lacks ${missing.join(', ')}` };
}
