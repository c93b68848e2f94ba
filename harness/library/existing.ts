/** A mesh that somebody else has installed, by the contexts of its clusters. */
import { HarnessError } from '../base/errors.ts';
import type { EditionName } from '../model/east-west-gateway.ts';
import { clusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { planTopology } from '../plan/plan.ts';
import type { Plan } from '../plan/step.ts';
import { AttachedPlatform } from '../platform/attached/attached-platform.ts';
import { readContexts } from '../platform/existing/contexts.ts';
import type { Platform } from '../platform/platform.ts';
import { editionFor } from '../platform/versions.ts';
import { defaultEdition } from '../session/options.ts';
import { surveyContexts } from '../session/survey-contexts.ts';
import { anObject, aText, aTopology, checkOptions, either, texts } from './options.ts';

/** Where an installed mesh is, and what it should be. Nothing is written to it unasked. */
export interface ExistingMesh {
  /** Path of a kubeconfig, or of several: of two contexts with one name the first counts. */
  readonly kubeconfig: string | readonly string[];
  /** Cluster → its context. */
  readonly contexts: Readonly<Record<string, string>>;
  /** What it should be; read from the clusters by default. */
  readonly topology?: Topology;
  /** Whose steps a diagnosis names; that of the installed release by default. */
  readonly edition?: EditionName;
}

const OPTIONS = {
  kubeconfig: either(aText, texts),
  contexts: anObject,
  topology: aTopology,
  edition: aText,
} satisfies Record<keyof ExistingMesh, unknown>;

/** An installed mesh, ready for a session that carries nothing out. */
interface Attached {
  readonly platform: Platform;
  readonly topology: Topology;
  readonly plan: Plan;
}

/**
 * Reads the mesh.
 * @throws HarnessError ERR_USAGE, ERR_UNREADABLE_FILE, ERR_KUBERNETES_API, ERR_UNKNOWN_EDITION
 */
export async function attach(existing: ExistingMesh, signal: AbortSignal): Promise<Attached> {
  checkOptions('verify', existing, OPTIONS, ['kubeconfig', 'contexts']);
  const { kubeconfig, contexts, topology: asked } = existing;
  if (asked) assertAll(asked, contexts);
  const names = new Map(Object.entries(contexts).map(([name, context]) => [clusterName(name), context]));
  const clusters = readContexts(typeof kubeconfig === 'string' ? [kubeconfig] : kubeconfig, names);
  const survey = await surveyContexts(clusters, signal);
  const isSimulated = survey.isSimulated || clusters.some(({ simulated }) => simulated !== undefined);
  const installed = survey.istioVersion === undefined ? undefined : editionFor(survey.istioVersion);
  const edition = existing.edition ?? installed ?? defaultEdition(isSimulated ? 'simulator' : 'existing');
  const topology = asked ?? survey.topology;
  const plan = planTopology(topology, edition);
  const kubeconfigs = new Map(
    clusters.map(({ cluster, kubeconfig: text }) => {
      const own = survey.clusters.find(({ given }) => given === cluster)?.name;
      return [asked ? cluster : (own ?? cluster), text] as const;
    }),
  );
  return {
    platform: new AttachedPlatform({ name: 'existing', kubeconfigs, isSimulated }),
    topology,
    plan: {
      ...plan,
      client: survey.client ?? plan.client,
      ...(!isSimulated &&
        survey.istioVersion !== undefined && {
          istioVersion: survey.istioVersion,
          writtenFor: plan.istioVersion,
        }),
    },
  };
}

/** @throws HarnessError ERR_USAGE for a cluster without a context, or a context for none */
function assertAll({ name, clusters }: Topology, contexts: Readonly<Record<string, string>>): void {
  const known = clusters.map(cluster => cluster.name as string);
  const wrong = [
    ...known.filter(each => !Object.hasOwn(contexts, each)).map(each => `no context for ${each}`),
    ...Object.keys(contexts)
      .filter(each => !known.includes(each))
      .map(each => `a context for ${each}, which ${name} does not have`),
  ];
  if (wrong.length > 0)
    throw new HarnessError('ERR_USAGE', `contexts of verify: ${wrong.join('; ')}.`, {
      hint: `The clusters of ${name}: ${known.join(', ')}`,
    });
}
