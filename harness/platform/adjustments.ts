/** What platforms with real programs add to the guide's commands; the report lists each with its reason. */
import { join } from 'node:path';
import { writeFileSync } from '../base/disk/disk.ts';
import { OWNER_ONLY } from '../base/disk/modes.ts';
import type { ClusterName } from '../model/names.ts';
import type { Ledger } from './ledger.ts';
import type { PlatformAdjustment } from './platform.ts';

/** As in both editions: it was experimental once, and had no `--server` then. */
const REMOTE_SECRET_VERBS = [['create-remote-secret'], ['x', 'create-remote-secret']] as const;

/**
 * Writes a kubeconfig for an istioctl without `--server`, beside the ledger.
 * @param document - with the address at which the other clusters reach this one
 * @returns the file's path
 */
export function writeForOthers(
  { folder }: Pick<Ledger, 'folder'>,
  cluster: ClusterName,
  document: string,
): string {
  const file = join(folder, `${cluster}.for-others.kubeconfig`);
  writeFileSync(file, document, { mode: OWNER_ONLY });
  return file;
}

/**
 * Adjusts `create-remote-secret` of each cluster, in both its forms.
 * @param servers - cluster → the address at which the pods of the others reach its API server
 * @param kubeconfigFile - for an istioctl without `--server`: a kubeconfig that names that address, which
 *   this machine must reach too
 * @param isOurs - the istioctl is the embedded one: that of 1.8 finds the address by itself
 */
export function remoteSecretAdjustments(
  servers: ReadonlyMap<ClusterName, string>,
  because: string,
  kubeconfigFile?: (cluster: ClusterName) => string,
  isOurs = false,
): readonly PlatformAdjustment[] {
  return [...servers].flatMap(([cluster, server]) => {
    const addArgs = kubeconfigFile ? ['--kubeconfig', kubeconfigFile(cluster)] : ['--server', server];
    return (isOurs ? [REMOTE_SECRET_VERBS[0]] : REMOTE_SECRET_VERBS).map(verb => ({
      tool: 'istioctl' as const,
      verb,
      cluster,
      addArgs,
      because,
    }));
  });
}

/** What the user or the platform wants of an installation. */
export interface InstallSettings {
  /** Small requests: two clusters on a machine of two processors are full otherwise. */
  readonly lowRequests: boolean;
  /** Images are on the nodes before the installation: no registry is asked again. */
  readonly imagesAreThere: boolean;
  readonly hub?: string;
  readonly tag?: string;
  readonly set?: readonly string[];
}

/**
 * istiod asks for 500m and 2Gi, each proxy for 100m; kube-system of a node for 950m: together all of two
 * processors (istio/istio manifests/profiles/default.yaml @1.8.0,
 * manifests/charts/istio-control/istio-discovery/values.yaml @1.30.3).
 */
const LOW_REQUESTS = [
  'values.pilot.resources.requests.cpu=50m',
  'values.pilot.resources.requests.memory=256Mi',
  'values.global.proxy.resources.requests.cpu=10m',
  'values.global.proxy.resources.requests.memory=40Mi',
  'values.gateways.istio-ingressgateway.resources.requests.cpu=10m',
  'values.gateways.istio-ingressgateway.resources.requests.memory=40Mi',
];

/**
 * Which pods Istio would have asked a registry for an image that is on the node: since 1.24 and before,
 * injected gateways, whose image `auto` the API server takes for `latest` before the webhook writes the real
 * one (istio/istio manifests/charts/gateways/istio-ingress/templates/injected-deployment.yaml @1.30.3;
 * kubernetes/kubernetes pkg/apis/core/v1/defaults.go @v1.34.0); with 1.8 every sidecar
 * (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml @1.8.0).
 */
const NO_REGISTRY = ['values.global.imagePullPolicy=IfNotPresent'];

/** Adjusts `istioctl install` of each cluster: small requests, and the flags of the user. */
export function installAdjustments(
  clusters: readonly ClusterName[],
  { lowRequests, imagesAreThere, hub, tag, set = [] }: InstallSettings,
): readonly PlatformAdjustment[] {
  const groups = [
    {
      values: lowRequests ? LOW_REQUESTS : [],
      because: 'two clusters on one machine: requests are lowered so that their pods can be scheduled',
    },
    {
      values: imagesAreThere ? NO_REGISTRY : [],
      because:
        'images are on the nodes by then: the pull policy Always of injected pods would ask a registry again',
    },
    {
      values: [...(hub === undefined ? [] : [`hub=${hub}`]), ...(tag === undefined ? [] : [`tag=${tag}`])],
      because: 'asked for by --hub or --tag; the samples of Istio come from that hub too',
    },
    { values: set, because: 'asked for by --set' },
  ];
  return clusters.flatMap(cluster =>
    groups
      .filter(({ values }) => values.length > 0)
      .map(({ values, because }) => ({
        tool: 'istioctl' as const,
        verb: ['install'],
        cluster,
        addArgs: values.flatMap(value => ['--set', value]),
        because,
      })),
  );
}
