import { InvalidArgumentError, Option } from 'commander';

/** An option that may be given many times. */
export function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}

/** A TCP port; 0 lets the system choose one. */
export function port(flags: string, description: string, otherwise: number): Option {
  return new Option(flags, description).default(otherwise).argParser((value: string) => {
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
      throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
    }
    return Number(value);
  });
}

/** The policy file that every command takes. */
export function policyOption(): Option {
  return new Option('--policy <file>', 'what is decided how; everything has its default without it');
}

export function clusterOption(): Option {
  return new Option('--cluster', 'look at the objects of a cluster instead');
}

export function kubeconfigOptions(): readonly Option[] {
  return [
    new Option(
      '--kubeconfig <file>',
      'the kubeconfig; without it $KUBECONFIG, ~/.kube/config, or the pod that this runs in',
    ),
    new Option('--context <name>', 'the context of the kubeconfig; without it the current one'),
  ];
}
