/**
 * `istioctl uninstall`: takes out of a cluster what an installation put into it. istio/istio
 * operator/cmd/mesh/uninstall.go, operator/pkg/helmreconciler/prune.go
 */
import { isNotFound, type KubernetesObject, type ResourcePath } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { pathTo } from '../kubectl/resources.ts';
import { confirmed, INPUT_FLAGS, renderInput } from './install-input.ts';
import { releaseOf } from './releases.ts';
import { listHooks } from './tagged-objects.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

/** The installer's mark on whatever it made. */
const MADE_BY_INSTALLER = 'operator.istio.io/component';

/** What is pruned, in this order: what runs goes before the rights that it has, and definitions last. */
const PRUNED: readonly (readonly [kind: string, apiVersion: string, plural: string])[] = [
  ['HorizontalPodAutoscaler', 'autoscaling/v2', 'horizontalpodautoscalers'],
  ['PodDisruptionBudget', 'policy/v1', 'poddisruptionbudgets'],
  ['Deployment', 'apps/v1', 'deployments'],
  ['DaemonSet', 'apps/v1', 'daemonsets'],
  ['Service', 'v1', 'services'],
  ['ConfigMap', 'v1', 'configmaps'],
  ['Secret', 'v1', 'secrets'],
  ['ServiceAccount', 'v1', 'serviceaccounts'],
  ['RoleBinding', 'rbac.authorization.k8s.io/v1', 'rolebindings'],
  ['Role', 'rbac.authorization.k8s.io/v1', 'roles'],
  ['MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations'],
  ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'],
  ['ClusterRole', 'rbac.authorization.k8s.io/v1', 'clusterroles'],
  ['ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', 'clusterrolebindings'],
  ['CustomResourceDefinition', 'apiextensions.k8s.io/v1', 'customresourcedefinitions'],
];

interface Doomed {
  readonly kind: string;
  readonly path: ResourcePath;
}

/** Takes out what `--purge`, `--revision` or the files name. */
export const uninstall: Verb = {
  flags: {
    ...INPUT_FLAGS,
    purge: { type: 'boolean' },
    'skip-confirmation': { type: 'boolean', short: 'y' },
  },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { flags, invocation } = call;
    const isPurge = flags.boolean('purge');
    const revision = flags.text('revision') ?? revisionSet(flags.list('set'));
    if (!isPurge && revision === undefined && !flags.has('filename')) {
      throw new ToolExit(
        `Error: at least one of the ${releaseOf(call.istioVersion).uninstalls} flags must be set`,
      );
    }
    const doomed = isPurge
      ? await everything(call)
      : revision === undefined
        ? await rendered(call)
        : await ofRevision(call, revision);
    if (doomed.length === 0 && !isPurge)
      invocation.stdout(
        'No resources will be pruned from the cluster. Please double check the input configs\n',
      );
    if (isPurge) invocation.stdout('All Istio resources will be pruned from the cluster\n');
    if (
      !flags.boolean('skip-confirmation') &&
      !(await confirmed(
        call,
        `${isPurge ? '' : 'The resources of the installation will be pruned. '}Proceed? (y/N) `,
      ))
    ) {
      throw new ToolExit('Cancelled.');
    }
    for (const { kind, path } of doomed) await remove(call, kind, path);
    invocation.stdout('✔ Uninstall complete\n');
    return 0;
  },
};

/** Whatever bears the installer's mark, and 1.8's records of installations. Namespaces stay. */
async function everything({ client, signal }: Call): Promise<readonly Doomed[]> {
  const doomed: Doomed[] = [];
  // The records come first: with its definition the kind would be gone.
  const records = await listed(
    client,
    { apiVersion: 'install.istio.io/v1alpha1', plural: 'istiooperators', namespace: ISTIO_NAMESPACE },
    signal,
  );
  for (const { metadata } of records) {
    if (!metadata.name?.startsWith('installed-state')) continue;
    doomed.push({
      kind: 'IstioOperator',
      path: {
        apiVersion: 'install.istio.io/v1alpha1',
        plural: 'istiooperators',
        namespace: ISTIO_NAMESPACE,
        name: metadata.name,
      },
    });
  }
  for (const [kind, apiVersion, plural] of PRUNED) {
    for (const object of await listed(client, { apiVersion, plural }, signal, MADE_BY_INSTALLER))
      doomed.push(doomedOf(kind, { apiVersion, plural }, object));
  }
  return doomed;
}

/** What belongs to a control plane: all but the definitions and what all revisions share. */
const OF_REVISION = 'operator.istio.io/component in (Pilot,IngressGateways,EgressGateways,Cni,Ztunnel)';

/** @throws ToolExit if nothing is installed under that name */
async function ofRevision(call: Call, revision: string): Promise<readonly Doomed[]> {
  const { client, signal } = call;
  if ((await listHooks(call, `istio.io/rev=${revision}`)).length === 0)
    throw new ToolExit('Error: could not find target revision');
  const doomed: Doomed[] = [];
  for (const [kind, apiVersion, plural] of PRUNED.filter(([kind]) => kind !== 'CustomResourceDefinition')) {
    const selector = `istio.io/rev=${revision},${OF_REVISION}`;
    for (const object of await listed(client, { apiVersion, plural }, signal, selector))
      doomed.push(doomedOf(kind, { apiVersion, plural }, object));
  }
  return doomed;
}

const doomedOf = (kind: string, path: ResourcePath, { metadata }: KubernetesObject): Doomed => {
  const { name = '', namespace } = metadata;
  return { kind, path: { ...path, name, ...(namespace !== undefined && { namespace }) } };
};

/** The value of `--set revision=…`. */
const revisionSet = (settings: readonly string[]): string | undefined =>
  settings.find(each => each.startsWith('revision='))?.slice('revision='.length);

/** A kind that the server has not has no objects. */
async function listed(
  client: Call['client'],
  path: ResourcePath,
  signal: AbortSignal,
  labelSelector?: string,
): Promise<readonly KubernetesObject[]> {
  try {
    return (await client.list(path, labelSelector === undefined ? {} : { labelSelector }, signal)).items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** What an installation of these files would make, the last first. */
async function rendered(call: Call): Promise<readonly Doomed[]> {
  const plan = renderInput(call);
  const objects = [...plan.components.flatMap(({ objects: inside }) => inside), ...plan.tags];
  const doomed: Doomed[] = [];
  for (const { apiVersion = '', kind = '', metadata } of objects.reverse()) {
    const resource = await call.mapper.ofKind(apiVersion, kind);
    if (resource) doomed.push({ kind, path: pathTo(resource, metadata.namespace, metadata.name ?? '') });
  }
  return doomed;
}

async function remove({ client, invocation, signal }: Call, kind: string, path: ResourcePath): Promise<void> {
  try {
    await client.delete(path, { propagationPolicy: 'Background' }, signal);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  invocation.stdout(`  Removed ${kind}:${path.namespace ?? ''}:${path.name ?? ''}.\n`);
}
