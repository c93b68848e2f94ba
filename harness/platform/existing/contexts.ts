/** Contexts of the user's kubeconfig → a document for each cluster of the scenario. */
import { dirname, resolve } from 'node:path';
import { dump } from 'js-yaml';
import { readTextFile } from '../../base/disk/read-file.ts';
import { codeOf, HarnessError, messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import {
  type KubeconfigDocument,
  MAX_KUBECONFIG_BYTES,
  parseKubeconfig,
} from '../../model/kubeconfig-document.ts';
import type { ClusterName } from '../../model/names.ts';
import { type SimulatedCluster, simulatedMarkOf } from '../../model/simulated-cluster.ts';

/** A cluster of the scenario, and where the user has it. */
export interface ExistingContext {
  readonly cluster: ClusterName;
  /** Name of the context in the user's kubeconfig. */
  readonly context: string;
  /** A document with this context only, named like the cluster. */
  readonly kubeconfig: string;
  /** Present if it is one of our simulator's: then a run is no evidence about Istio. */
  readonly simulated?: SimulatedCluster;
}

/** Fields that name files beside the kubeconfig. */
const FILE_FIELDS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/**
 * Reads the contexts of kubeconfig files.
 * @param files - as in the variable KUBECONFIG: of two with the same name the first wins (client-go's rule)
 * @throws HarnessError ERR_UNREADABLE_FILE, ERR_USAGE
 */
export function readContexts(
  files: readonly string[],
  names: ReadonlyMap<ClusterName, string>,
): readonly ExistingContext[] {
  const documents = readDocuments(files);
  const clusters = firstNamed(documents, config => config.clusters);
  const users = firstNamed(documents, config => config.users);
  const contexts = firstNamed(documents, config => config.contexts);
  return [...names].map(([cluster, context]) => {
    const entry = contexts(context)?.found.context;
    const server = clusters(entry?.cluster);
    const user = users(entry?.user);
    if (!entry || !server || !user) throw unknownContext(context, cluster, documents);
    const simulated = simulatedMarkOf(server.found.cluster?.extensions);
    const kubeconfig = documentOf(
      cluster,
      withAbsolutePaths(server.found.cluster, server.folder),
      withAbsolutePaths(user.found.user ?? {}, user.folder),
    );
    assertUsable(kubeconfig, context);
    return { cluster, context, ...(simulated && { simulated }), kubeconfig };
  });
}

/** Makes a client and calls nobody. @throws HarnessError ERR_UNREADABLE_FILE if there can be none */
function assertUsable(kubeconfig: string, context: string): void {
  try {
    new KubernetesClient(kubeconfig).close();
  } catch (error) {
    throw new HarnessError(
      'ERR_UNREADABLE_FILE',
      `The context "${context}" cannot be used: ${messageOf(error)}`,
      { hint: 'Does `kubectl --context` work with it?', cause: error },
    );
  }
}

interface Document {
  readonly folder: string;
  readonly config: KubeconfigDocument;
}

/** Reads the files, each with its folder. One of several may be missing, as for client-go. */
function readDocuments(files: readonly string[]): readonly Document[] {
  return files.flatMap(file => {
    try {
      return [
        { folder: dirname(resolve(file)), config: parseKubeconfig(readTextFile(file, MAX_KUBECONFIG_BYTES)) },
      ];
    } catch (error) {
      if (files.length > 1 && codeOf(error) === 'ENOENT') return [];
      throw new HarnessError(
        'ERR_UNREADABLE_FILE',
        `The kubeconfig ${file} cannot be read: ${messageOf(error)}`,
        {
          hint: 'KUBECONFIG names others.',
          cause: error,
        },
      );
    }
  });
}

function unknownContext(context: string, cluster: ClusterName, documents: readonly Document[]): HarnessError {
  const known = documents.flatMap(({ config }) => (config.contexts ?? []).map(({ name }) => name));
  return new HarnessError('ERR_USAGE', `There is no usable context "${context}" for ${cluster}.`, {
    hint: `Known contexts: ${known.join(', ') || 'none'}`,
  });
}

/** Writes a kubeconfig with a single context; all three entries have the cluster's name. */
function documentOf(name: ClusterName, cluster: unknown, user: unknown): string {
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    },
    { lineWidth: -1, noRefs: true },
  );
}

/** Returns what looks an entry up by its name: the first of all files, with the folder of its file. */
function firstNamed<T extends { readonly name: string }>(
  documents: readonly Document[],
  listOf: (config: KubeconfigDocument) => readonly T[] | null | undefined,
): (name: string | undefined) => { readonly found: T; readonly folder: string } | undefined {
  return name => {
    for (const { config, folder } of documents) {
      const found = listOf(config)?.find(each => each.name === name);
      if (found) return { found, folder };
    }
    return undefined;
  };
}

/** Paths in a kubeconfig are relative to its own folder. */
function withAbsolutePaths(value: unknown, folder: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      FILE_FIELDS.includes(key) && typeof each === 'string' ? resolve(folder, each) : each,
    ]),
  );
}
