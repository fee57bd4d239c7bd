import type { Command } from 'commander';
import { loadManifestWorld } from '../files/manifest-watch.js';
import { readPolicyFile } from '../files/policy-file.js';
import type { ObjectRef, Origin } from '../mesh/metadata.js';
import { MeshWorld } from '../mesh/world/mesh-world.js';
import { DEFAULT_POLICY, meshGround, type MeshSettings, type Policy } from '../policy/policy.js';
import { InputError } from './input-error.js';
import { noteLogger } from './notes.js';
import { clusterOption, kubeconfigOptions, policyOption } from './options.js';
import type { Terminal } from './terminal.js';

/** The flags by which a command that answers once is told of its world. */
export interface WorldFlags {
  readonly cluster?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly policy?: string;
}

/** A world that was read once, and the policy to see it by. */
export interface AskedWorld {
  /** Nobody else has it. */
  readonly world: MeshWorld;
  readonly policy: Policy;
  /** Where a field of an object stands in a file; undefined for what no file holds. */
  locate(object: ObjectRef, field?: string): Origin | undefined;
}

/** Gives a command the arguments and flags that say what its world is. */
export function addWorldFlags(command: Command): Command {
  command.argument('[path...]', 'files and folders with the objects of the mesh, or - for standard input');
  return addClusterFlags(command);
}

/** The flags beside the paths, for a command whose arguments are something else. */
export function addClusterFlags(command: Command): Command {
  command.addOption(clusterOption());
  for (const option of kubeconfigOptions()) command.addOption(option);
  return command.addOption(policyOption());
}

/**
 * Reads the world that a command line names: files, or a cluster as it is now.
 *
 * @throws InputError with everything that is wrong, for half a world gives wrong answers; PathError, PolicyFileError, ClusterError
 */
export async function askWorld(paths: readonly string[], flags: WorldFlags, terminal: Terminal): Promise<AskedWorld> {
  refuseContradictions(paths, flags);
  const policy = flags.policy === undefined ? DEFAULT_POLICY : await readPolicyFile(flags.policy);
  if (flags.cluster === true) {
    return { world: await clusterWorld(flags, policy.mesh, terminal), policy, locate: () => undefined };
  }
  const world = new MeshWorld(meshGround(policy.mesh));
  const files = await loadManifestWorld({ paths, writer: world, mesh: policy.mesh, input: terminal.input });
  if (files.faults.length > 0) {
    throw new InputError(files.faults.map(({ file, line, problem }) => `${file}:${line}: ${problem}`));
  }
  for (const { file, line, reason } of files.skipped)
    terminal.complain(`sallyport: ${file}:${line}: left out: ${reason}\n`);
  return { world, policy, locate: (object, field) => files.locate(object, field) };
}

function refuseContradictions(paths: readonly string[], { cluster, kubeconfig, context }: WorldFlags): void {
  if (cluster === true) {
    if (paths.length > 0) throw new InputError(['give paths or --cluster, not both']);
    return;
  }
  if (kubeconfig !== undefined || context !== undefined) {
    throw new InputError(['--kubeconfig and --context go with --cluster']);
  }
  if (paths.length === 0) throw new InputError(['say what to look at: files and folders, or --cluster']);
}

/** How long the API server may take for each answer, in milliseconds: somebody waits. */
const PATIENCE = 30_000;

async function clusterWorld(
  { kubeconfig, context }: WorldFlags,
  settings: MeshSettings,
  terminal: Terminal,
): Promise<MeshWorld> {
  // Only now: without a cluster its client must not be loaded.
  const [{ connect }, { readWorld }] = await Promise.all([
    import('../cluster/connection.js'),
    import('../cluster/read-world.js'),
  ]);
  const world = new MeshWorld(meshGround(settings));
  const connection = await connect({ kubeconfig, context });
  const asking = { timeout: PATIENCE, signal: new AbortController().signal };
  try {
    await readWorld({ connection, writer: world, settings, log: noteLogger(terminal), ...asking });
    return world;
  } finally {
    connection.close();
  }
}
