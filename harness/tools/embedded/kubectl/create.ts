/** `kubectl create` by flags: namespaces, secrets, config maps, service accounts and tokens. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { FlagTable } from '../flags.ts';
import { ToolExit } from '../invocation.ts';
import { readEntries } from './from-flags.ts';
import { type Call, usage, type Verb } from './verb.ts';

/** Flags of every form of `create`. */
export const COMMON: FlagTable = {
  validate: { type: 'text', bare: 'strict' },
  'field-manager': { type: 'text' },
};
const FROM: FlagTable = { 'from-file': { type: 'list' }, 'from-literal': { type: 'list' }, ...COMMON };

/** Returns the query of a request that creates: the field manager, and strict validation. */
export const queryOf = ({ flags }: Call) => ({
  fieldManager: flags.text('field-manager') ?? 'kubectl-create',
  fieldValidation: 'Strict',
});

function nameOf({ args }: Call, command: string): string {
  const [name] = args;
  if (name === undefined || args.length !== 1)
    throw usage(`exactly one NAME is required, got ${args.length}`, command);
  return name;
}

/** `create namespace NAME` */
export const createNamespace: Verb = {
  flags: COMMON,
  async run(call) {
    const name = nameOf(call, 'create namespace');
    const body: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await call.client.create({ apiVersion: 'v1', plural: 'namespaces' }, body, queryOf(call), call.signal);
    call.invocation.stdout(`namespace/${name} created\n`);
    return 0;
  },
};

/** `create secret generic NAME`: of type Opaque unless `--type` says otherwise. */
export const createSecretGeneric: Verb = {
  flags: { ...FROM, type: { type: 'text' } },
  async run(call) {
    const name = nameOf(call, 'create secret generic');
    const data = Object.fromEntries(
      [...readEntries(call)].map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      data,
      type: call.flags.text('type') ?? '',
    };
    await createNamed(call, 'secrets', 'secret', body);
    return 0;
  },
};

/** `create configmap NAME` */
export const createConfigMap: Verb = {
  flags: FROM,
  async run(call) {
    const name = nameOf(call, 'create configmap');
    const data = Object.fromEntries(readEntries(call));
    await createNamed(call, 'configmaps', 'configmap', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data,
    });
    return 0;
  },
};

/** `create serviceaccount NAME` */
export const createServiceAccount: Verb = {
  flags: COMMON,
  async run(call) {
    const name = nameOf(call, 'create serviceaccount');
    await createNamed(call, 'serviceaccounts', 'serviceaccount', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name },
    });
    return 0;
  },
};

/** `create token ACCOUNT`: prints a token of the TokenRequest API. */
export const createToken: Verb = {
  flags: { duration: { type: 'duration' }, audience: { type: 'list' } },
  async run(call) {
    const name = nameOf(call, 'create token');
    const { client, namespace, signal, flags } = call;
    const durationMs = flags.durationMs('duration');
    const audiences = flags.list('audience');
    const path = { apiVersion: 'v1', plural: 'serviceaccounts', namespace, name, subresource: 'token' };
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        ...(audiences.length > 0 && { audiences }),
        ...(durationMs !== undefined && { expirationSeconds: Math.round(durationMs / 1000) }),
      },
    };
    const answer = await client.create(path, body, {}, signal).catch((error: unknown) => {
      throw wrapped('token', error);
    });
    const { token } = answer['status'] as { token: string }; // the API's TokenRequest
    call.invocation.stdout(`${token}\n`);
    return 0;
  },
};

async function createNamed(
  call: Call,
  plural: string,
  kind: string,
  body: Record<string, unknown>,
): Promise<void> {
  const { client, namespace, signal, invocation } = call;
  try {
    const made = await client.create({ apiVersion: 'v1', plural, namespace }, body, queryOf(call), signal);
    invocation.stdout(`${kind}/${made.metadata.name ?? ''} created\n`);
  } catch (error) {
    throw wrapped(kind, error);
  }
}

/** kubectl's typed creates put the server's message behind words of their own. */
function wrapped(kind: string, error: unknown): unknown {
  const isApi = error instanceof Error && error.name === 'KubernetesApiError';
  return isApi ? new ToolExit(`error: failed to create ${kind} ${error.message}`) : error;
}
