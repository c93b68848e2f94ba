/** Mutating and validating admission webhooks, as the cluster's webhook configurations name them. */
import type { Random } from '../../../base/random.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { equal, type JsonObject, type KubernetesObject, objectsOf, stringOf } from '../registry/json.ts';
import { jsonPatch } from '../registry/json-patch.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { internalError } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';
import { inVersion } from './admission-review.ts';
import { decodePatched } from './decode-patched.ts';
import type { Authorizes } from './expression-values.ts';
import { meetsConditions } from './match-conditions.ts';
import { ask } from './webhook-call.ts';
import type { WebhookClient } from './webhook-client.ts';
import { isExempt, selects, versionWanted } from './webhook-rules.ts';

/** What the plug-ins of webhooks need. They read the configurations from the store on each request. */
interface WebhookOptions {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly client: WebhookClient;
  /** For the conditions of webhooks. */
  readonly authorizer: () => Authorizes;
  /** Gives each review its uid. */
  readonly random: Random;
}

interface Match {
  readonly webhook: JsonObject;
  /** The version of the resource which the webhook wants. */
  readonly version: string;
}

const CONFIGURATIONS = {
  mutating: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  validating: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
} as const;

/**
 * Makes the plug-in that calls mutating webhooks, one after another, in the order of the configurations'
 * names (apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go @v1.32).
 */
export function mutatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    handles: request => request.operation !== 'DELETE' && anyMatches(options, 'mutating', request),
    async mutate(request) {
      if (!request.object) throw new Error('a mutation without an object');
      let object = request.object;
      const called: { readonly name: string; readonly result: KubernetesObject }[] = [];
      for (const { webhook, version } of matching(options, 'mutating', request)) {
        const now = { ...request, object };
        // An earlier webhook may have changed the labels that select this one.
        if (!stillMatches(options, webhook, now)) continue;
        object = await mutateOnce(options, webhook, version, now);
        if (webhook['reinvocationPolicy'] === 'IfNeeded') {
          called.push({ name: stringOf(webhook['name']) ?? '', result: object });
        }
      }
      for (const { name, result } of called) {
        if (equal(result, object)) continue;
        for (const { webhook, version } of matching(options, 'mutating', { ...request, object })) {
          if (webhook['name'] === name)
            object = await mutateOnce(options, webhook, version, { ...request, object });
        }
      }
      return object;
    },
  };
}

/**
 * Makes the plug-in that calls validating webhooks, all at once. The first refusal in the order of the
 * configurations counts.
 */
export function validatingWebhooks(options: WebhookOptions): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: request => anyMatches(options, 'validating', request),
    async validate(request) {
      const calls = matching(options, 'validating', request).map(async ({ webhook, version }) => {
        await ask(options, webhook, version, request);
      });
      for (const outcome of await Promise.allSettled(calls)) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
    },
  };
}

function anyMatches(
  options: WebhookOptions,
  kind: keyof typeof CONFIGURATIONS,
  request: AdmissionRequest,
): boolean {
  const type = options.registry.require(CONFIGURATIONS[kind]);
  return options.store.count(type) > 0 && matching(options, kind, request).length > 0;
}

function matching(
  { store, registry, authorizer }: WebhookOptions,
  kind: keyof typeof CONFIGURATIONS,
  request: AdmissionRequest,
): Match[] {
  if (isExempt(request.type)) return [];
  const matches: Match[] = [];
  // Webhooks' conditions do not get the namespace.
  const input = (version: string) => ({ request, version, authorizer: authorizer(), namespace: undefined });
  for (const configuration of store.list(registry.require(CONFIGURATIONS[kind]))) {
    for (const webhook of objectsOf(configuration['webhooks'])) {
      const version = versionWanted(webhook, request);
      if (version === undefined || !selects(webhook, request, namespaceLabels(store, registry, request)))
        continue;
      if (!objectsOf(webhook['matchConditions']).length || meetsConditions(webhook, input(version)))
        matches.push({ webhook, version });
    }
  }
  return matches;
}

function stillMatches(
  { store, registry }: WebhookOptions,
  webhook: JsonObject,
  request: AdmissionRequest,
): boolean {
  return selects(webhook, request, namespaceLabels(store, registry, request));
}

function namespaceLabels(store: Store, registry: ResourceRegistry, request: AdmissionRequest) {
  if (keyOf(request.type) === 'namespaces')
    return (request.object ?? request.oldObject)?.metadata.labels ?? {};
  if (!request.type.namespaced) return undefined;
  return store.get(registry.require('namespaces'), '', request.namespace)?.metadata.labels ?? {};
}

async function mutateOnce(
  options: WebhookOptions,
  webhook: JsonObject,
  version: string,
  request: AdmissionRequest & { readonly object: KubernetesObject },
): Promise<KubernetesObject> {
  const response = await ask(options, webhook, version, request);
  const patch = stringOf(response?.['patch']);
  if (!response || patch === undefined || patch === '') return request.object;
  const name = JSON.stringify(webhook['name']);
  if (response['patchType'] !== 'JSONPatch') {
    throw internalError(
      `admission webhook ${name} returned unsupported patch type ${JSON.stringify(response['patchType'])}`,
    );
  }
  const seen = inVersion(request.type, version, request.object);
  let patched: JsonObject;
  try {
    patched = jsonPatch(seen, JSON.parse(Buffer.from(patch, 'base64').toString()));
  } catch {
    throw internalError(`admission webhook ${name} returned a patch that cannot be applied`);
  }
  return decodePatched(patched, request.object.apiVersion ?? '', request.type, options.registry.minor);
}
