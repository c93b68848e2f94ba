/**
 * ValidatingAdmissionPolicies: rules in CEL that the cluster's own objects bring
 * (apiserver pkg/admission/plugin/policy/validating/dispatcher.go @v1.34).
 */
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
} from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { keyOf } from '../registry/resources.ts';
import { ApiError, forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';
import type { Authorizes } from './expression-values.ts';
import { evaluatePolicy, type PolicyDecision } from './policy-evaluation.ts';
import { collectParams, ParamsError, problemOfParamKind } from './policy-params.ts';
import { isExempt, selects, versionWanted } from './webhook-rules.ts';

const GROUP = 'admissionregistration.k8s.io';
const POLICIES = `validatingadmissionpolicies.${GROUP}`;
const BINDINGS = `validatingadmissionpolicybindings.${GROUP}`;

/** What the plug-in needs. It reads policies and bindings from the store on each request. */
interface PolicyOptions {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly authorizer: () => Authorizes;
}

/** A refusal, with who refuses. */
interface Denial {
  readonly policy: string;
  /** Empty if the policy itself is at fault. */
  readonly binding: string;
  readonly message: string;
  readonly reason: string;
}

/** HTTP codes of the reasons that policies may give. */
const CODES: Readonly<Record<string, number>> = { Forbidden: 403, RequestEntityTooLarge: 413 };

/** Makes the plug-in that evaluates policies. */
export function validatingPolicies(options: PolicyOptions): AdmissionPlugin {
  const { store, registry } = options;
  return {
    name: 'ValidatingAdmissionPolicy',
    handles: request => store.count(registry.require(POLICIES)) > 0 && !isExempt(request.type),
    validate(request) {
      const [denial] = store
        .list(registry.require(POLICIES))
        .flatMap(policy => denialsOf(policy, request, options));
      if (denial) throw refusal(request, denial);
    },
  };
}

function refusal(request: AdmissionRequest, { policy, binding, message, reason }: Denial): ApiError {
  const who = binding === '' ? `'${policy}'` : `'${policy}' with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy ${who} denied request: ${message}`;
  const { generateName } = request.object?.metadata ?? {};
  const { status } = forbidden(request.type, request.name || String(generateName ?? 'Unknown'), text);
  return new ApiError(CODES[reason] ?? 422, reason, status.message ?? text, {
    ...status.details,
    causes: [...(status.details?.causes ?? []), { message: text }],
  });
}

/** The version in which a policy or binding wants to see a request; undefined if it does not concern it. */
function matches(
  match: JsonObject,
  request: AdmissionRequest,
  labels: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (!selects(match, request, labels)) return undefined;
  const { matchPolicy } = match;
  const excluded = { rules: match['excludeResourceRules'], matchPolicy };
  if (versionWanted(excluded, request) !== undefined) return undefined;
  // A binding without rules is for all that its policy is for.
  if (objectsOf(match['resourceRules']).length === 0) return request.version;
  return versionWanted({ rules: match['resourceRules'], matchPolicy }, request);
}

function namespaceOf({ store, registry }: PolicyOptions, request: AdmissionRequest) {
  if (keyOf(request.type) === 'namespaces') return request.object ?? request.oldObject;
  if (!request.type.namespaced) return undefined;
  return store.get(registry.require('namespaces'), '', request.namespace);
}

function denialsOf(policy: KubernetesObject, request: AdmissionRequest, options: PolicyOptions): Denial[] {
  const spec = objectOf(policy['spec']);
  const namespace = namespaceOf(options, request);
  const labels = namespace ? (namespace.metadata.labels ?? {}) : undefined;
  const version = matches(objectOf(spec['matchConstraints']), request, labels);
  if (version === undefined) return [];
  const problem = problemOfParamKind(spec['paramKind'], options);
  if (problem !== undefined) {
    if (spec['failurePolicy'] === 'Ignore') return [];
    const message = `failed to configure policy: ${problem}`;
    return [{ policy: policy.metadata.name ?? '', binding: '', message, reason: 'Invalid' }];
  }
  const bindings = options.store
    .list(options.registry.require(BINDINGS))
    .filter(binding => objectOf(binding['spec'])['policyName'] === policy.metadata.name);
  return bindings.flatMap(binding => {
    const match = objectOf(binding['spec'])['matchResources'];
    if (isObject(match) && matches(match, request, labels) === undefined) return [];
    return boundDenials(policy, binding, { request, version, namespace, options });
  });
}

interface BoundRequest {
  readonly request: AdmissionRequest;
  readonly version: string;
  readonly namespace: KubernetesObject | undefined;
  readonly options: PolicyOptions;
}

function boundDenials(policy: KubernetesObject, binding: KubernetesObject, bound: BoundRequest): Denial[] {
  const { request, version, namespace, options } = bound;
  const spec = objectOf(policy['spec']);
  const deny = ({ message, reason }: PolicyDecision): Denial => ({
    policy: policy.metadata.name ?? '',
    binding: binding.metadata.name ?? '',
    message,
    reason,
  });
  let params: readonly (KubernetesObject | undefined)[];
  try {
    params = collectParams(spec['paramKind'], objectOf(binding['spec'])['paramRef'], request, options);
  } catch (error) {
    if (!(error instanceof ParamsError)) throw error;
    if (spec['failurePolicy'] === 'Ignore') return [];
    return [deny({ message: `failed to configure binding: ${error.message}`, reason: 'Invalid' })];
  }
  const shown = keyOf(request.type) === 'namespaces' ? undefined : namespace;
  const input = { request, version, authorizer: options.authorizer(), namespace: shown };
  const decisions = params.flatMap(param => evaluatePolicy(policy, { ...input, params: param }));
  return act(decisions, binding, deny, request);
}

/** Does with refusals what the binding says; errors of annotations refuse whatever it says. */
function act(
  decisions: readonly PolicyDecision[],
  binding: KubernetesObject,
  deny: (decision: PolicyDecision) => Denial,
  request: AdmissionRequest,
): Denial[] {
  const actions = listOf(objectOf(binding['spec'])['validationActions']);
  return decisions.flatMap(decision => {
    const { policy, binding: name, message } = deny(decision);
    if (decision.isUnconditional) return [deny(decision)];
    if (actions.includes('Warn'))
      request.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${name}': ${message}`,
      );
    return actions.includes('Deny') ? [deny(decision)] : [];
  });
}
