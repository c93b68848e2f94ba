/** `mesh-harness certs`: its words and flags. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';

/** The flags of `mesh-harness certs`. */
export interface CertsFlags {
  /** The folder to write to. */
  readonly out: string;
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
    .addHelpText('after', '\nExamples:\n  $ mesh-harness certs --out certs cluster1 cluster2')
    .action((clusters: readonly string[], flags: CertsFlags) => action(clusters, flags));
}
