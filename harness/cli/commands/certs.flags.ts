/** `mesh-harness certs`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';

/** The flags of `mesh-harness certs`. */
export interface CertsFlags {
  /** The folder to write to. */
  readonly out: string;
  /** Writes the root's key, too. */
  readonly keepRootKey: boolean;
}

/** Declares `mesh-harness certs --out DIR CLUSTER…`. */
export function declareCerts(
  program: Command,
  action: Action<[clusters: readonly string[], flags: CertsFlags]>,
): void {
  program
    .command('certs')
    .description('make a root CA and an intermediate CA for each cluster, as the cacerts secrets need them')
    .argument('<cluster...>', 'names of the clusters')
    .requiredOption('--out <dir>', 'folder to write to; what is there already is kept')
    .option(
      '--keep-root-key',
      'also write root-key.pem, for its owner alone: then clusters can be added to this mesh later',
      false,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness certs --out certs cluster1 cluster2
  $ mesh-harness certs --out certs --keep-root-key cluster1 cluster2
  $ mesh-harness certs --out certs cluster3     (later, with the root that is there)`,
    )
    .action((clusters: readonly string[], flags: CertsFlags) => action(clusters, flags));
}
