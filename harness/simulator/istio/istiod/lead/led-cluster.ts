/**
 * What an istiod does in clusters whose control plane it is: roots into namespaces, its CA into webhooks
 * (docs/reference/istio.md I2).
 */
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { KubernetesClient, KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import { revised } from '../../revision.ts';
import type { IstiodSettings } from '../model/settings.ts';
import { becomeLeader } from '../watch/leader.ts';
import { holdLeases } from './leases.ts';
import { publishRevocations } from './revocations.ts';
import { distributeRootCertificates } from './root-certificates.ts';
import { patchMutatingWebhooks, patchValidatingWebhooks } from './webhook-patcher.ts';

/** A cluster that this istiod leads, and how to write to it. */
export interface LedClusterOptions {
  readonly settings: IstiodSettings;
  readonly clusterId: string;
  readonly client: () => KubernetesClient;
  readonly rootPem: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Which webhook configurations belong to this istiod. */
const isOurs =
  ({ behaviour, injectionWebhookName, revision }: IstiodSettings) =>
  (object: KubernetesObject): boolean =>
    behaviour.ownsWebhooksBy === 'name'
      ? object.metadata.name === injectionWebhookName
      : object.metadata.labels?.['istio.io/rev'] === revision;

/** istiod's own cluster. The locks keep several istiods of one cluster apart. */
export function leadOwnCluster(options: LedClusterOptions & { readonly isPlugged: boolean }): void {
  const { settings, client, clock, signal, log } = options;
  const lead = (lock: string, work: () => void) => {
    becomeLeader({
      client,
      namespace: settings.namespace,
      lock,
      podName: settings.podName,
      clock,
      signal,
      log,
    })
      .then(work)
      .catch(() => {}); // only when istiod ends
  };
  const { ownsWebhooksBy, install, locks } = settings.behaviour;
  lead(locks.namespaces, () => distributeRootCertificates(options));
  for (const lock of locks.otherConfigMaps) lead(lock, () => {});
  void holdLeases(options, locks.leases);
  if (options.isPlugged && settings.behaviour.injection.mountsRevocations)
    void publishRevocations(client(), settings.namespace, signal);
  patchMutatingWebhooks({ ...options, isOurs: isOurs(settings) });
  const strictNames = install.validators.map(({ name, ofRevision }) =>
    ofRevision === true ? revised(name, settings.revision) : name,
  );
  const validate = () =>
    patchValidatingWebhooks({
      ...options,
      namespace: settings.namespace,
      revision: settings.revision,
      strictNames,
      isOurs: object =>
        ownsWebhooksBy === 'name'
          ? strictNames.includes(object.metadata.name ?? '')
          : isOurs(settings)(object),
    });
  if (locks.validation === undefined) validate();
  else lead(locks.validation, validate);
}

const CONTROL_PLANES = 'topology.istio.io/controlPlaneClusters';

/**
 * A remote cluster, if this istiod is external and the cluster says that this is its control plane:
 * annotation `topology.istio.io/controlPlaneClusters`
 * of its namespace istio-system. pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead
 * @1.30.3
 */
export async function leadRemoteCluster(options: LedClusterOptions): Promise<void> {
  const { settings, client, clusterId, signal, log } = options;
  if (!settings.behaviour.leadsRemoteClusters || !settings.externalIstiod) return;
  let leads = false;
  try {
    const namespace = await client().find(
      { apiVersion: 'v1', plural: 'namespaces', name: settings.namespace },
      signal,
    );
    const clusters = (namespace?.metadata.annotations?.[CONTROL_PLANES] ?? '')
      .split(',')
      .map(name => name.trim());
    leads = clusters.includes(settings.clusterId) || clusters.includes('*');
  } catch (error) {
    log.error(`failed to read namespace ${settings.namespace} of cluster ${clusterId}: ${messageOf(error)}`);
  }
  log.info(`should join leader-election for cluster ${clusterId}: ${leads}`);
  if (!leads || signal.aborted) return;
  distributeRootCertificates(options);
  patchMutatingWebhooks({ ...options, isOurs: isOurs(settings) });
}
