/**
 * The additions of admission to every new Pod: its service account with the token's volume, priority,
 * tolerations.
 */
import type { Random } from '../../../base/random.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import {
  copy,
  type JsonObject,
  type KubernetesObject,
  objectOf,
  objectsOf,
  stringOf,
} from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_SECONDS = 3607;
/** The annotation by which a static pod is known. */
const MIRROR = 'kubernetes.io/config.mirror';
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const isNewPod = ({ operation, subresource }: AdmissionRequest): boolean =>
  operation === 'CREATE' && subresource === '';

/** A pod that is made or changed; its subresources are not meant. */
const isWrittenPod = ({ operation, subresource }: AdmissionRequest): boolean =>
  (operation === 'CREATE' || operation === 'UPDATE') && subresource === '';

function podOf({ object }: AdmissionRequest): KubernetesObject {
  if (!object) throw new Error('a creation without an object');
  return copy(object);
}

function specOf(pod: KubernetesObject): JsonObject {
  const spec = objectOf(pod['spec']);
  pod['spec'] = spec;
  return spec;
}

/** Finds the account of a new pod. @throws ApiError 403 if there is none */
function accountOf(request: AdmissionRequest, name: string, store: Store, registry: ResourceRegistry) {
  const account = store.get(registry.require('serviceaccounts'), request.namespace, name);
  if (account) return account;
  throw forbidden(
    request.type,
    request.name,
    `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`,
  );
}

/** Gives a pod what its account has: the token if both want it, and secrets to pull images. */
function useAccount(spec: JsonObject, account: KubernetesObject, random: Random): void {
  const wantsToken = spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'] ?? true;
  if (wantsToken !== false) mountToken(spec, random);
  if (objectsOf(spec['imagePullSecrets']).length === 0 && objectsOf(account['imagePullSecrets']).length > 0) {
    spec['imagePullSecrets'] = copy(account['imagePullSecrets']);
  }
}

/** plugin/pkg/admission/serviceaccount/admission.go @v1.32. */
export function serviceAccountAdmission(
  store: Store,
  registry: ResourceRegistry,
  random: Random,
): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    about: ['pods'],
    handles: request => isNewPod(request) && request.object?.metadata.annotations?.[MIRROR] === undefined,
    mutate(request) {
      const pod = podOf(request);
      const spec = specOf(pod);
      const name = stringOf(spec['serviceAccountName']) || 'default';
      spec['serviceAccountName'] = name;
      spec['serviceAccount'] = name;
      useAccount(spec, accountOf(request, name, store, registry), random);
      return pod;
    },
  };
}

function mountToken(spec: JsonObject, random: Random): void {
  const containers = [...objectsOf(spec['initContainers']), ...objectsOf(spec['containers'])];
  const without = containers.filter(
    container => !objectsOf(container['volumeMounts']).some(mount => mount['mountPath'] === MOUNT_PATH),
  );
  if (without.length === 0) return;
  const volumes = [...objectsOf(spec['volumes'])];
  const name = `kube-api-access-${random.text(5, ALPHABET)}`;
  for (const container of without) {
    container['volumeMounts'] = [
      ...objectsOf(container['volumeMounts']),
      { name, readOnly: true, mountPath: MOUNT_PATH },
    ];
  }
  volumes.push(tokenVolume(name));
  spec['volumes'] = volumes;
}

/** Makes the volume of a pod's credentials: a token, the cluster's CA, the namespace. */
function tokenVolume(name: string): JsonObject {
  const downward = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [downward] } },
      ],
      defaultMode: 420,
    },
  };
}

/** Returns the class of pods that name none: the lowest of those that say so. */
function defaultClassOf(classes: readonly KubernetesObject[]): KubernetesObject | undefined {
  const defaults = classes.filter(each => each['globalDefault'] === true);
  return defaults.sort((a, b) => Number(a['value']) - Number(b['value']))[0];
}

const notProvided = (type: string, what: string, asked: unknown, computed: unknown): string =>
  `the ${type} value of ${what} (${String(asked)}) must not be provided in pod spec; ` +
  `priority admission controller computed ${String(computed)} from the given PriorityClass name`;

/** plugin/pkg/admission/priority/admission.go @v1.34. */
export function priorityAdmission(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  const builtIn: Readonly<Record<string, number>> = {
    'system-cluster-critical': 2_000_000_000,
    'system-node-critical': 2_000_001_000,
  };
  return {
    name: 'Priority',
    about: ['pods'],
    handles: isNewPod,
    mutate(request) {
      const pod = podOf(request);
      const spec = specOf(pod);
      const name = stringOf(spec['priorityClassName']) ?? '';
      const type = registry.require('priorityclasses.scheduling.k8s.io');
      const found = name === '' ? defaultClassOf(store.list(type)) : store.get(type, '', name);
      if (name !== '' && !found && builtIn[name] === undefined) {
        throw forbidden(request.type, request.name, `no PriorityClass with name ${name} was found`);
      }
      if (name === '' && found) spec['priorityClassName'] = found.metadata.name;
      const priority = found?.['value'] ?? builtIn[name] ?? 0;
      const policy = found?.['preemptionPolicy'] ?? 'PreemptLowerPriority';
      const [asked, askedPolicy] = [spec['priority'] ?? priority, spec['preemptionPolicy'] ?? policy];
      if (asked !== priority)
        throw forbidden(request.type, request.name, notProvided('integer', 'priority', asked, priority));
      if (askedPolicy !== policy) {
        const problem = notProvided('string', 'PreemptionPolicy', askedPolicy, policy);
        throw forbidden(request.type, request.name, problem);
      }
      spec['priority'] = priority;
      spec['preemptionPolicy'] = policy;
      return pod;
    },
  };
}

/** Of updates, too: plugin/pkg/admission/defaulttolerationseconds/admission.go @v1.34. */
export function tolerationAdmission(): AdmissionPlugin {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  return {
    name: 'DefaultTolerationSeconds',
    about: ['pods'],
    handles: isWrittenPod,
    mutate(request) {
      const before = objectsOf(objectOf(request.object?.['spec'])['tolerations']);
      const covers = (key: string) =>
        before.some(
          ({ key: own, effect }) =>
            (own === key || own === undefined || own === '') &&
            (effect === 'NoExecute' || effect === undefined || effect === ''),
        );
      const missing = keys.filter(key => !covers(key));
      if (missing.length === 0 && request.object) return request.object;
      const pod = podOf(request);
      const added = missing.map(key => ({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      }));
      specOf(pod)['tolerations'] = [...before, ...added];
      return pod;
    },
  };
}
