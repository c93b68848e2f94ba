/** Envoy's whole .proto files, as a dev dependency ships them: what our tables are held against. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { ROOT } from './cli.ts';

const DEPS = path.join(ROOT, 'node_modules/@grpc/grpc-js-xds/deps');

/** Reads .proto files, and those that they import; fields keep the names that they have there. */
export function loadEnvoyProtos(files: readonly string[]): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_from, name) =>
    /annotations\/|^validate\/|descriptor\.proto$/.test(name)
      ? null
      : (['envoy-api', 'googleapis', 'xds'].map(folder => path.join(DEPS, folder, name)).find(existsSync) ??
        name);
  root.loadSync([...files], { keepCase: true }).resolveAll();
  return root;
}
