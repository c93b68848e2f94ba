/**
 * What keeps the packages behind a bundle small: for the one that is published, and for that of the tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** client-node's index names every model of the Kubernetes API; what is not used costs most of its start. */
const clientNode = fileURLToPath(import.meta.resolve('@kubernetes/client-node'));
export const dropUnusedModels = {
  name: 'drop-unused-models',
  setup({ onResolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: clientNode, sideEffects: false }));
    onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir, importer }) =>
      importer.startsWith(dirname(clientNode))
        ? { path: join(resolveDir, path), sideEffects: false }
        : undefined,
    );
  },
};

/**
 * node-fetch brings a URL of its own for Nodes that have none; it pulls in the deprecated punycode, and a
 * third of a megabyte of tables.
 */
export const nodeHasUrl = {
  name: 'node-has-url',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^whatwg-url$/ }, ({ path }) => ({ path, namespace: 'node-has-url' }));
    onLoad({ filter: /.*/, namespace: 'node-has-url' }, () => ({
      contents: 'module.exports = { URL: globalThis.URL, URLSearchParams: globalThis.URLSearchParams };',
    }));
  },
};

/**
 * What client-node loads at once, and no way leads to from here: `base/kubernetes-client.ts` sends with
 * node:https through an agent of its own.
 * Two thirds of what client-node brings with it, most of that tables of Unicode.
 */
export const leaveOutUnreached = {
  name: 'leave-out-unreached',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node-fetch|socks-proxy-agent|hpagent)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
      sideEffects: false,
    }));
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents: `
        function leftOut() { throw new Error('${path} is not part of this bundle (build.mjs).'); }
        export { leftOut as default, leftOut as Headers, leftOut as SocksProxyAgent };
        export { leftOut as HttpProxyAgent, leftOut as HttpsProxyAgent, leftOut as AbortError, leftOut as FetchError };`,
    }));
  },
};

/** The messages that we read and write: .proto file → names below its package. */
const WANTED = fileURLToPath(new URL('harness/simulator/istio/xds/proto/wanted.json', import.meta.url));
/** What describes .proto files themselves, and is no part of what travels. */
const ABOUT_FILES = /(?:^|\/)annotations\/|^validate\/|^google\/protobuf\/descriptor\.proto$/;

/**
 * Makes the module `envoy-descriptors` out of the .proto files in grpc-js-xds: of the messages in
 * `wanted.json` all fields. What is an enumeration is a number there, and a field of a message that is not
 * wanted stays as bytes, so that one can see that it was sent.
 */
export const envoyDescriptors = {
  name: 'envoy-descriptors',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^envoy-descriptors$/ }, ({ path }) => ({ path, namespace: 'envoy-descriptors' }));
    onLoad({ filter: /./, namespace: 'envoy-descriptors' }, async () => ({
      contents: `export default ${JSON.stringify(JSON.stringify(await describeWanted()))};`,
      watchFiles: [WANTED],
    }));
  },
};

/** Returns full name of a message → its rows, as `envoy-descriptors.d.ts` tells. */
async function describeWanted() {
  const { default: protobuf } = await import('protobufjs');
  const wanted = JSON.parse(readFileSync(WANTED, 'utf8'));
  const deps = join(
    dirname(createRequire(import.meta.url).resolve('@grpc/grpc-js-xds/package.json')),
    'deps',
  );
  const folders = ['envoy-api', 'googleapis', 'xds'].map(folder => join(deps, folder));
  const root = new protobuf.Root();
  root.resolvePath = (_from, name) => {
    if (ABOUT_FILES.test(name)) return null;
    return folders.map(folder => join(folder, name)).find(file => existsSync(file)) ?? name;
  };
  root.loadSync(Object.keys(wanted), { keepCase: true }).resolveAll();
  const types = Object.entries(wanted).flatMap(([file, names]) => {
    const space = dirname(file).replaceAll('/', '.');
    return names.map(name => root.lookupType(`${space}.${name}`));
  });
  const kept = new Set(types);
  return Object.fromEntries(types.map(type => [type.fullName.slice(1), rowsOf(type, kept, protobuf)]));
}

function rowsOf(type, kept, { Type, Enum }) {
  const fields = type.fieldsArray.map(field => {
    const { id, name, resolvedType, map, keyType, repeated } = field;
    const isMessage = resolvedType instanceof Type;
    const kind = isMessage
      ? kept.has(resolvedType)
        ? resolvedType.fullName.slice(1)
        : 'bytes'
      : resolvedType instanceof Enum
        ? 'int32'
        : field.type;
    return `${id} ${map ? `map:${keyType}` : repeated ? 'many' : 'one'} ${kind} ${name}`;
  });
  const oneofs = type.oneofsArray.map(({ name, oneof }) => `oneof ${name} ${oneof.join(' ')}`);
  return [...fields, ...oneofs];
}
