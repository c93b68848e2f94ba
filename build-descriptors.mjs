/**
 * What tells the bundles, the published one and that of the tests, the fields of Envoy's messages.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The messages that we read and write: .proto file → names below its package. */
const WANTED = fileURLToPath(new URL('harness/simulator/istio/xds/proto/wanted.json', import.meta.url));
/** What describes .proto files themselves, and is no part of what travels. */
const ABOUT_FILES =
  /(?:^|\/)annotations\/|^validate\/|^google\/api\/(?!expr\/)|^google\/protobuf\/descriptor\.proto$/;

/**
 * Makes the module `envoy-descriptors` out of the .proto files in grpc-js-xds: of the messages in
 * `wanted.json` all fields, and the names of their enumerations' values. A field of a message that is not
 * wanted is opaque: its bytes are there, so that one can see that it was sent.
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
  const enumerations = new Set(
    types.flatMap(({ fieldsArray }) => fieldsArray.map(({ resolvedType }) => resolvedType)),
  );
  return Object.fromEntries([
    ...types.map(type => [type.fullName.slice(1), rowsOf(type, kept, protobuf)]),
    ...[...enumerations]
      .filter(type => type instanceof protobuf.Enum)
      .map(({ fullName, values }) => [fullName.slice(1), valuesOf(values)]),
  ]);
}

/** Of names for one number the first counts. */
const valuesOf = values => Object.entries(values).map(([name, number]) => `${number} ${name}`);

/** protobufjs has the messages of google.protobuf in itself, with names in its own manner. */
const inSnakeCase = name => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

function rowsOf(type, kept, { Type, Enum }) {
  const fields = type.fieldsArray.map(field => {
    const { id, name, resolvedType, map, keyType, repeated } = field;
    const isMessage = resolvedType instanceof Type;
    const kind = isMessage
      ? kept.has(resolvedType)
        ? resolvedType.fullName.slice(1)
        : 'opaque'
      : resolvedType instanceof Enum
        ? `enum:${resolvedType.fullName.slice(1)}`
        : field.type;
    return `${id} ${map ? `map:${keyType}` : repeated ? 'many' : 'one'} ${kind} ${inSnakeCase(name)}`;
  });
  const oneofs = type.oneofsArray.map(
    ({ name, oneof }) => `oneof ${name} ${oneof.map(inSnakeCase).join(' ')}`,
  );
  return [...fields, ...oneofs];
}
