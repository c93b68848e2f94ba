/**
 * `kubectl create`: namespaces, secrets, config maps, service accounts and tokens by flags, anything from a
 * file.
 */

import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { FlagTable } from '../flags.ts';
import { type Invocation, ToolExit } from '../invocation.ts';
import { isMissing, noMatch, readDocuments } from './documents.ts';
import { apiErrorText } from './errors.ts';
import { displayName, pathTo } from './resources.ts';
import { type Call, usage, type Verb } from './verb.ts';

const COMMON: FlagTable = { validate: { type: 'text', bare: 'strict' }, 'field-manager': { type: 'text' } };
const FROM: FlagTable = { 'from-file': { type: 'list' }, 'from-literal': { type: 'list' }, ...COMMON };

const queryOf = ({ flags }: Call) => ({
  fieldManager: flags.text('field-manager') ?? 'kubectl-create',
  fieldValidation: 'Strict',
});

function nameOf({ args }: Call, command: string): string {
  const [name] = args;
  if (name === undefined || args.length !== 1)
    throw usage(`exactly one NAME is required, got ${args.length}`, command);
  return name;
}

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

export const createFromFile: Verb = {
  flags: { filename: { type: 'list', short: 'f' }, ...COMMON },
  async run(call) {
    const files = call.flags.list('filename');
    if (files.length === 0) {
      if (call.args.length > 0) throw usage(`Unexpected args: [${call.args.join(' ')}]`, 'create');
      throw new ToolExit('error: must specify one of -f and -k');
    }
    const { documents, errors: unread } = readDocuments(
      call.invocation,
      files,
      call.flags.text('validate') !== 'false',
    );
    const errors = [...unread];
    for (const document of documents) {
      const { object, from } = document;
      const resource = await call.mapper.ofKind(object.apiVersion, object.kind);
      if (!resource) {
        errors.push(noMatch(document));
        continue;
      }
      const namespace = object.metadata.namespace ?? call.namespace;
      try {
        const made = await call.client.create(
          pathTo(resource, namespace),
          object,
          queryOf(call),
          call.signal,
        );
        call.invocation.stdout(`${displayName(resource, made.metadata.name ?? '')} created\n`);
      } catch (error) {
        const text = apiErrorText(error, { doing: 'creating', from });
        if (text === undefined) throw error;
        errors.push(text);
      }
    }
    if (documents.length === 0 && errors.length === 0)
      throw new ToolExit('error: no objects passed to create');
    if (errors.length > 0) throw new ToolExit(errors.join('\n'));
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

/** `--from-file=[key=]path` (a folder stands for its files) and `--from-literal=key=value`. */
function readEntries({ flags, invocation }: Call): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const add = (key: string, value: string) => {
    if (entries.has(key))
      throw new ToolExit(`error: cannot add key ${key}, another key by that name already exists`);
    entries.set(key, value);
  };
  for (const source of flags.list('from-file')) {
    const equals = source.indexOf('=');
    const path = source.slice(equals + 1);
    const inside = equals < 0 ? invocation.listFolder(path) : undefined;
    if (inside)
      for (const name of inside) add(name, invocation.readFile(`${path.replace(/\/$/, '')}/${name}`));
    else
      add(
        equals < 0 ? (path.split('/').at(-1) ?? path) : source.slice(0, equals),
        readEntry(invocation, path),
      );
  }
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new ToolExit(`error: invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1));
  }
  return entries;
}

function readEntry(invocation: Invocation, path: string): string {
  try {
    return invocation.readFile(path);
  } catch (error) {
    if (isMissing(error)) {
      throw new ToolExit(`error: error reading ${path}: ${messageOf(error).replace(/^open/, 'stat')}`);
    }
    throw error;
  }
}
