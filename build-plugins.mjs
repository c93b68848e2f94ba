/**
 * What keeps the packages behind a bundle small: for the one that is published, and for that of the tests.
 */
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
