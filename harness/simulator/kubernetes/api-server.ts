/**
 * One cluster's API server, ready to be spoken to: store, rules, tokens, certificates and HTTPS put together.
 */
import type { Duplex } from 'node:stream';
import { createRootCa, type Validity } from '../../base/certificates.ts';
import type { Clock } from '../../base/clock.ts';
import { controllerForMany } from '../../base/deadline.ts';
import {
  DEFAULT_KUBERNETES,
  KUBERNETES_VERSIONS,
  type KubernetesMinor,
  minorNumber,
} from '../../base/kubernetes-versions.ts';
import type { Random } from '../../base/random.ts';
import { SIMULATED_SUFFIX } from '../../base/simulated-version.ts';
import type { NetworkNamespace } from '../network/interfaces.ts';
import { type Advise, adviceAdmission } from './admission/advice.ts';
import { webhookConverter } from './admission/conversion-webhook.ts';
import { escalationCheck } from './admission/escalation.ts';
import { limitRanges } from './admission/limit-ranges.ts';
import { namespaceLifecycle } from './admission/namespace-lifecycle.ts';
import { nodeTaint } from './admission/node-taint.ts';
import { priorityAdmission, serviceAccountAdmission, tolerationAdmission } from './admission/pod-defaults.ts';
import { validatingPolicies } from './admission/policies.ts';
import { resourceQuotas } from './admission/resource-quotas.ts';
import { runtimeClassAdmission } from './admission/runtime-class.ts';
import { claimResize, defaultStorageClass, storageProtection } from './admission/storage.ts';
import { terminatingDefinition } from './admission/terminating-definition.ts';
import { WebhookClient } from './admission/webhook-client.ts';
import type { HostDial } from './admission/webhook-target.ts';
import { mutatingWebhooks, validatingWebhooks } from './admission/webhooks.ts';
import { ApiServices } from './api-services.ts';
import { Authenticator } from './auth/authenticator.ts';
import { bootstrapPolicy } from './auth/bootstrap-policy.ts';
import { RbacAuthorizer } from './auth/rbac.ts';
import { ServiceAccountTokens } from './auth/service-account-tokens.ts';
import type { Supervisor } from './client/supervisor.ts';
import { type CertifiedKey, issueClient, issueServer, kubeconfigOf } from './cluster-certificates.ts';
import { startCompaction } from './compaction.ts';
import type { NamedSchema } from './custom-resource-type.ts';
import { startCustomResources } from './custom-resources.ts';
import { startEventExpiry } from './event-expiry.ts';
import { createHttpApi, type RequestRecord } from './http/server/server.ts';
import type { KubeletApi } from './kubelet-api.ts';
import { createMachinery, type Machinery } from './machinery.ts';
import type { AdmissionPlugin } from './registry/admission.ts';
import { componentStatuses } from './registry/component-statuses.ts';
import { bootstrapFlowControl } from './registry/flow-control.ts';
import type { ResourceType } from './registry/resources.ts';
import { systemPriorities } from './registry/system-priorities.ts';
import { validateConvertedMetadata } from './registry/validation/metadata.ts';

/** The parts of the cluster and the simulator that an API server needs. */
export interface ApiServerOptions {
  /** Makes the frames in which the server works: told what its handlers and watches throw. */
  readonly supervisor: Supervisor;
  readonly clusterName: string;
  readonly clock: Clock;
  readonly random: Random;
  /** CIDR of the cluster IPs. */
  readonly serviceRange: string;
  /** The node on which the server runs: its address is the server's, and webhooks are called from it. */
  readonly network: NetworkNamespace;
  readonly port: number;
  /** IP addresses that the certificate names beside the server's own. */
  readonly certificateAddresses?: readonly string[];
  /** Which version of Kubernetes its API is; 1.34 by default. */
  readonly kubernetes?: KubernetesMinor;
  /** What `/version` says in the place of our own, for tests in which a cluster stands in for a real one. */
  readonly version?: string;
  /** False where nobody makes service accounts: pods need none then. */
  readonly hasAccounts?: boolean;
  /** Reaches webhooks at URLs of this machine; absent: of the virtual network only. */
  readonly dialHost?: HostDial;
  /** Tells what of a written object has no effect; absent: nothing is told. */
  readonly advise?: Advise;
  /** Has the schemas that definitions name; absent: there are none. */
  readonly schemaNamed?: NamedSchema;
  /** Called with every request, once it is answered. */
  readonly onRequest?: (record: RequestRecord) => void;
}

/** A running API server. */
export interface ApiServer {
  readonly machinery: Machinery;
  readonly tokens: ServiceAccountTokens;
  readonly caPem: string;
  /** `v1.34.3…` */
  readonly version: string;
  /** Connects the nodes. Until then exec, logs and port-forward have nobody to ask. */
  connectKubelets(kubelets: KubeletApi): void;
  /** Takes a raw connection; TLS begins on it. */
  accept(socket: Duplex): void;
  /** Listens on this machine too. @returns the port */
  listen(port: number, host: string): Promise<number>;
  /** Issues a certificate for a user in these groups. */
  issueClientCertificate(user: string, groups: readonly string[]): Promise<CertifiedKey>;
  /**
   * The administrator's, with a client certificate; one context, named like the cluster.
   * @param server - `https://…`; the node's address by default
   */
  kubeconfig(server?: string): string;
  /** Ends its connections and takes no new ones. @returns what starts it again */
  pause(): () => void;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const YEARS_MS = 3650 * DAY_MS;
const ADMIN_GROUPS = ['system:masters'];

/** Makes an API server that answers as soon as it is handed connections. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { supervisor, clusterName, clock, random, network, port, serviceRange } = options;
  const { kubernetes = DEFAULT_KUBERNETES, hasAccounts = true } = options;
  const { version = KUBERNETES_VERSIONS[kubernetes] + SIMULATED_SUFFIX } = options;
  const validity: Validity = { notBeforeMs: clock.now() - DAY_MS, notAfterMs: clock.now() + YEARS_MS };
  const authority = await createRootCa({ commonName: 'kubernetes', ...validity });
  let webhooks: WebhookClient | undefined;
  const component = supervisor.component('kube-apiserver');
  const machinery = createMachinery({
    clock,
    random,
    serviceRange,
    minor: minorNumber(kubernetes),
    onListenerError: error => component.failed({ key: 'a watch' }, error),
    converter: webhookConverter({
      client: () => {
        if (!webhooks) throw new Error('Webhooks are not there yet.');
        return webhooks;
      },
      random: random.stream('conversions'),
      checkMetadata: validateConvertedMetadata,
    }),
    plugins: ({ store, registry }): readonly AdmissionPlugin[] => {
      webhooks = new WebhookClient({ clock, network, store, registry, dialHost: options.dialHost });
      const hooks = {
        store,
        registry,
        client: webhooks,
        authorizer: () => authorizer,
        random: random.stream('webhooks'),
      };
      return [
        terminatingDefinition(),
        namespaceLifecycle(store, registry),
        ...(hasAccounts ? [serviceAccountAdmission(store, registry, random.stream('token-volumes'))] : []),
        nodeTaint(),
        priorityAdmission(store, registry),
        tolerationAdmission(),
        runtimeClassAdmission(store, registry),
        storageProtection(),
        defaultStorageClass(store, registry),
        claimResize(store, registry),
        limitRanges(store, registry),
        escalationCheck(store, registry, () => authorizer),
        mutatingWebhooks(hooks),
        validatingPolicies({ store, registry, authorizer: () => authorizer }),
        validatingWebhooks(hooks),
        ...(options.advise ? [adviceAdmission(options.advise, store, registry)] : []),
        resourceQuotas(store, registry, clock),
      ];
    },
  });
  const { store, registry, objects, client } = machinery;
  const tokens = new ServiceAccountTokens({ clock, random: random.stream('tokens'), store, registry });
  const authorizer = new RbacAuthorizer(store, registry);
  for (const { resource, object } of bootstrapPolicy()) client.create(resource, object);
  for (const priority of systemPriorities()) client.create('priorityclasses.scheduling.k8s.io', priority);
  for (const { resource, object } of bootstrapFlowControl(clock.now())) client.create(resource, object);
  for (const object of componentStatuses()) client.create('componentstatuses', object);
  const stopCompaction = startCompaction(store, clock);
  const stopEventExpiry = startEventExpiry(store, registry.require('events'), clock);
  const apiServices = new ApiServices(machinery, supervisor.component('api-services'));
  const stopCustomResources = startCustomResources(
    machinery,
    supervisor.component('custom-resources'),
    options.schemaNamed,
  );
  // Every watch listens to it.
  const end = controllerForMany();
  let kubelets: KubeletApi | undefined;
  const environment = {
    clock,
    version,
    store,
    registry,
    objects,
    tokens,
    authorizer,
    network,
    address: `${network.address}:${port}`,
    caPem: authority.rootPem,
    signal: end.signal,
    beforeUse: (type: ResourceType) => apiServices.ensure(type),
    get kubelets(): KubeletApi {
      if (!kubelets) throw new Error('The kubelets are not there yet.');
      return kubelets;
    },
  };
  const serverCertificate = await issueServer(authority, validity, {
    host: network.name,
    addresses: [
      network.address,
      machinery.addresses.fixed(1),
      '127.0.0.1',
      ...(options.certificateAddresses ?? []),
    ],
  });
  const requestIds = random.stream('request-ids');
  const http = createHttpApi(
    environment,
    new Authenticator(tokens),
    { ...serverCertificate, clientCaPem: authority.rootPem },
    {
      onRequest: options.onRequest,
      onDefect: (request, error) => component.failed({ key: request }, error),
      newRequestId: () => requestIds.uuid(),
    },
  );
  const admin = await issueClient(authority, validity, 'kubernetes-admin', ADMIN_GROUPS);
  return {
    machinery,
    tokens,
    caPem: authority.rootPem,
    version,
    connectKubelets: api => {
      kubelets = api;
    },
    accept: http.accept,
    listen: http.listen,
    pause: http.pause,
    issueClientCertificate: (user, groups) => issueClient(authority, validity, user, groups),
    kubeconfig: (server = `https://${network.address}:${port}`) =>
      kubeconfigOf(clusterName, server, authority.rootPem, admin),
    stop: async () => {
      end.abort(new Error('The API server ends.'));
      stopCompaction();
      stopEventExpiry();
      stopCustomResources();
      apiServices.stop();
      webhooks?.stop();
      await http.stop();
    },
  };
}
