/** The kubeconfig of someone at a shell: the files that KUBECONFIG names, joined as kubectl joins them. */
import { delimiter, join } from 'node:path';
import { dump } from 'js-yaml';
import { readTextFile } from '../base/disk/read-file.ts';
import { codeOf, HarnessError, messageOf } from '../base/errors.ts';
import {
  type KubeconfigDocument,
  MAX_KUBECONFIG_BYTES,
  parseKubeconfig,
} from '../model/kubeconfig-document.ts';
import { type SimulatedCluster, simulatedMarkOf } from '../model/simulated-cluster.ts';

/** A context, and what is known of its cluster. */
export interface UserContext {
  readonly name: string;
  /** Set if the cluster is a simulated one. */
  readonly simulated: SimulatedCluster | undefined;
}

export interface UserKubeconfig {
  /** All files as one document. */
  readonly text: string;
  /**
   * @param name - the current context by default @returns undefined if the kubeconfig has no context of this
   *   name
   */
  context(name: string | undefined): UserContext | undefined;
}

/** Lists the files in the order in which they count. @param named - by a flag: then it is the only one */
export function kubeconfigFiles(
  env: Readonly<Record<string, string | undefined>>,
  homeFolder: string,
  named?: string,
): readonly string[] {
  if (named !== undefined) return [named];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter(file => file !== '');
  return listed.length > 0 ? listed : [join(homeFolder, '.kube', 'config')];
}

/**
 * Merges kubeconfig files. Of entries with the same name the first counts, and so does the first current
 * context. It skips missing files.
 * @throws HarnessError ERR_UNREADABLE_FILE
 */
export function readKubeconfig(files: readonly string[]): UserKubeconfig {
  const documents = files.map(readDocument);
  const clusters = firstOfEach(documents.flatMap(document => document.clusters ?? []));
  const contexts = firstOfEach(documents.flatMap(document => document.contexts ?? []));
  const current = documents.map(document => document['current-context']).find(name => (name ?? '') !== '');
  return {
    text: dump(
      {
        apiVersion: 'v1',
        kind: 'Config',
        clusters,
        contexts,
        users: firstOfEach(documents.flatMap(document => document.users ?? [])),
        'current-context': current ?? '',
      },
      { lineWidth: -1, noRefs: true },
    ),
    context: (name = current) => {
      const found = contexts.find(each => each.name === name);
      if (!found) return undefined;
      const entry = clusters.find(each => each.name === found.context?.cluster);
      return { name: found.name, simulated: simulatedMarkOf(entry?.cluster?.extensions) };
    },
  };
}

function readDocument(file: string): KubeconfigDocument {
  try {
    return parseKubeconfig(readTextFile(file, MAX_KUBECONFIG_BYTES));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw new HarnessError(
      'ERR_UNREADABLE_FILE',
      `The kubeconfig ${file} cannot be read: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function firstOfEach<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}
