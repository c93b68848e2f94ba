/**
 * Puts the CA's root into the admission webhooks that point at istiod, so that API servers trust it
 * (pkg/webhooks/webhookpatch.go).
 */
import { type Clock, sleep } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import { Informer } from '../watch/informer.ts';
import { WritePace } from './write-pace.ts';

interface Webhook {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly clientConfig: { readonly caBundle?: string };
}

/** The cluster whose webhooks get the root. */
export interface WebhookPatcherOptions {
  readonly client: () => KubernetesClient;
  readonly rootPem: string;
  /** Which configurations are istiod's: by name (1.8) or by label (current). */
  readonly isOurs: (object: KubernetesObject) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
}

const GROUP = 'admissionregistration.k8s.io/v1';
const webhooksOf = (object: KubernetesObject): readonly Webhook[] =>
  (object['webhooks'] ?? []) as readonly Webhook[];

/** Keeps the caBundle of the mutating configurations until the signal aborts. */
export function patchMutatingWebhooks(options: WebhookPatcherOptions): void {
  const { client, clock, random, signal, log, isOurs } = options;
  const caBundle = Buffer.from(options.rootPem).toString('base64');
  const pace = new WritePace(clock, signal);
  const informer: Informer<readonly Webhook[]> = new Informer<readonly Webhook[]>({
    client,
    clock,
    random,
    signal,
    path: { apiVersion: GROUP, plural: 'mutatingwebhookconfigurations' },
    keep: object => (isOurs(object) ? webhooksOf(object) : undefined),
    onChange: name => {
      if (operations(name).length > 0) pace.run(name, () => patch(name));
    },
    kind: 'MutatingWebhookConfiguration',
    onFailure: message => log.error(message),
  });
  const operations = (name: string) =>
    (informer.get(name) ?? []).flatMap(({ clientConfig }, index) =>
      clientConfig.caBundle === caBundle
        ? []
        : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }],
    );
  const patch = (name: string) => {
    const wanted = operations(name);
    if (wanted.length === 0) return;
    const path = { apiVersion: GROUP, plural: 'mutatingwebhookconfigurations', name };
    client()
      .patch(path, 'json', wanted, {}, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.error(`Patching webhook ${name} failed: ${messageOf(error)}`);
      });
  };
}

/**
 * An object that validation must refuse: its refusal shows that API server and webhook have found each other.
 */
const INVALID_GATEWAY = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'Gateway',
  metadata: { name: 'invalid-gateway', annotations: { 'istio.io/dummy': 'validation probe' } },
  spec: {},
};
const PROBE_INTERVAL_MS = 1_000;

/** As above, and what is needed to see whether validation works. */
export interface ValidationPatcherOptions extends WebhookPatcherOptions {
  readonly namespace: string;
  /** The configurations whose failure policy becomes Fail once validation works. */
  readonly strictNames: readonly string[];
  readonly revision: string;
}

/**
 * pkg/webhooks/validation/controller/controller.go: the CA first, then, when a probe was refused, the failure
 * policy.
 */
export function patchValidatingWebhooks(options: ValidationPatcherOptions): void {
  const { client, clock, random, signal, log, isOurs, strictNames } = options;
  const caBundle = Buffer.from(options.rootPem).toString('base64');
  let isWorking = false;
  const pace = new WritePace(clock, signal);
  const wantedOf = (object: KubernetesObject) => {
    const isStrict = strictNames.includes(object.metadata.name ?? '') && isWorking;
    return webhooksOf(object).map(webhook => ({
      ...webhook,
      ...(isStrict && { failurePolicy: 'Fail' }),
      clientConfig: { ...webhook.clientConfig, caBundle },
    }));
  };
  const isAsWanted = (object: KubernetesObject) =>
    JSON.stringify(wantedOf(object)) === JSON.stringify(webhooksOf(object));
  const update = (name: string) => {
    const now = informer.get(name);
    if (now && !isAsWanted(now)) pace.run(name, () => write(name));
  };
  const write = (name: string) => {
    const object = informer.get(name);
    if (!object || isAsWanted(object)) return;
    const path = { apiVersion: GROUP, plural: 'validatingwebhookconfigurations', name };
    client()
      .replace(
        path,
        { ...object, apiVersion: GROUP, kind: 'ValidatingWebhookConfiguration', webhooks: wantedOf(object) },
        {},
        signal,
      )
      .catch((error: unknown) => {
        const isStale = error instanceof KubernetesApiError && error.code === 409;
        if (!signal.aborted && !isStale)
          log.error(`failed to update validating webhook ${path.name}: ${messageOf(error)}`);
      });
  };
  const informer: Informer<KubernetesObject> = new Informer<KubernetesObject>({
    client,
    clock,
    random,
    signal,
    path: { apiVersion: GROUP, plural: 'validatingwebhookconfigurations' },
    keep: object => (isOurs(object) ? object : undefined),
    onChange: update,
    kind: 'ValidatingWebhookConfiguration',
    onFailure: message => log.error(message),
  });
  void probeUntilRefused(options, informer)
    .then(() => {
      isWorking = true;
      log.info('server fully ready');
      for (const name of informer.keys()) update(name);
    })
    .catch(() => {}); // only when istiod ends
}

async function probeUntilRefused(
  { client, namespace, revision, clock, signal }: ValidationPatcherOptions,
  informer: Informer<KubernetesObject>,
): Promise<void> {
  await informer.synced;
  for (;;) {
    signal.throwIfAborted();
    try {
      // With the label that the revision's own validator selects by.
      const metadata = { ...INVALID_GATEWAY.metadata, namespace, labels: { 'istio.io/rev': revision } };
      const path = { apiVersion: INVALID_GATEWAY.apiVersion, plural: 'gateways', namespace };
      await client().create(path, { ...INVALID_GATEWAY, metadata }, { dryRun: 'All' }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof KubernetesApiError && error.message.includes('denied the request')) return;
    }
    await sleep(clock, PROBE_INTERVAL_MS, signal);
  }
}
