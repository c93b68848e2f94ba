/**
 * What keeps the packages behind a bundle small: for the one that is published, and for that of the tests.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * client-node's index names every model of the Kubernetes API; what is not used costs most of its start. The
 * list of all models is named by its KubeConfig too, and is read by nobody: where a command loads it on
 * demand, esbuild would keep it whole.
 */
const clientNode = fileURLToPath(import.meta.resolve('@kubernetes/client-node'));
export const dropUnusedModels = {
  name: 'drop-unused-models',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: clientNode, sideEffects: false }));
    onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir, importer }) => {
      if (!importer.startsWith(dirname(clientNode))) return undefined;
      if (path === './models/all.js') return { path, namespace: 'no-models', sideEffects: false };
      return { path: join(resolveDir, path), sideEffects: false };
    });
    onLoad({ filter: /./, namespace: 'no-models' }, () => ({ contents: 'export {};' }));
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

/**
 * Leaves out of the light bundle what its command lines do not call (harness/cli/light.ts): all that is
 * loaded on demand, but some commands.
 */
export const onlyLightCommands = isLight => ({
  name: 'only-light-commands',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const [, command = ''] = /^\.\/commands\/(.*)\.ts$/.exec(path) ?? [];
      return isLight([command]) ? undefined : { path, namespace: 'not-light' };
    });
    onLoad({ filter: /./, namespace: 'not-light' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of the light bundle (harness/cli/light.ts).');`,
    }));
  },
});

/**
 * What packages make or load as they are loaded themselves, and few command lines need: it is made when it is
 * used. commander starts programs for commands of a kind that we have none of, client-node for users whom a
 * program identifies; for a text that is not plain ASCII string-width asks Unicode where characters end.
 */
export const madeWhenUsed = {
  name: 'made-when-used',
  setup({ onLoad }) {
    const changed = (filter, was, is) =>
      onLoad({ filter }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (text.split(was).length !== 2) throw new Error(`${path} has no longer: ${was}`);
        return { contents: text.replace(was, () => is), loader: 'js' };
      });
    changed(
      /node_modules.commander.lib.command\.js$/,
      "const childProcess = require('node:child_process');",
      "const childProcess = { get spawn() { return require('node:child_process').spawn; } };",
    );
    changed(
      /client-node.dist.exec_auth\.js$/,
      'this.execFn = child_process.spawn;',
      'this.execFn = (...words) => child_process.spawn(...words);',
    );
    // Node would open it for each program that is run in a container.
    changed(
      /client-node.dist.web-socket-handler\.js$/,
      'stdin: process.stdin,',
      'get stdin() { return process.stdin; },',
    );
    changed(
      /node_modules.string-width.index\.js$/,
      'const segmenter = new Intl.Segmenter();',
      'let made; const segmenter = { segment: text => (made ??= new Intl.Segmenter()).segment(text) };',
    );
    // long multiplies and divides without it; it would be made at each start.
    changed(
      /node_modules.long.umd.index\.js$/,
      'wasm = new WebAssembly.Instance(',
      'if (false) wasm = new WebAssembly.Instance(',
    );
  },
};

/** Modules of Node that packages load as they are loaded themselves, and few command lines use. */
const SELDOM_USED = ['child_process', 'readline', 'readline/promises', 'zlib'];

/**
 * Loads these modules when something of theirs is used: to load all of them takes Node three milliseconds.
 * For a bundle that is a function of `require`.
 */
export const loadedWhenUsed = {
  name: 'loaded-when-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(?:node:)?(?:${SELDOM_USED.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'loaded-when-used'
        ? { path, external: true }
        : { path: path.replace('node:', ''), namespace: 'loaded-when-used' },
    );
    onLoad({ filter: /./, namespace: 'loaded-when-used' }, async ({ path }) => {
      const names = Object.keys(await import(`node:${path}`)).filter(name => name !== 'default');
      return {
        contents: `
          for (const name of ${JSON.stringify(names)})
            Object.defineProperty(exports, name, { enumerable: true, get: () => require('node:${path}')[name] });`,
      };
    });
  },
};

/**
 * Lets names of modules be read where they are. For each file that imports a CommonJS module as a whole
 * esbuild makes an object of getters, and so for each CommonJS file that requires an ES module: thousands of
 * functions at a start. What a module has can be inherited, and one object does for all that require it.
 */
const INTEROP = {
  __toESM: `function __toESM(module, isOfNode) {
    if (!isOfNode && module?.__esModule) return module;
    return Object.defineProperty(Object.create(module), 'default', { value: module, enumerable: true });
  }`,
  __toCommonJS: `function __toCommonJS(module) {
    const made = (__toCommonJS.made ??= new Map());
    if (!made.has(module)) made.set(module, __toCommonJSAnew(module));
    return made.get(module);
  }`,
};

/**
 * Puts these in the place of esbuild's helpers.
 * @param text - of a bundle in one function
 */
export function withInterop(text) {
  let changed = text;
  for (const [name, better] of Object.entries(INTEROP)) {
    const parts = changed.split(`${name}=`);
    if (parts.length > 2) throw new Error(`esbuild has a helper ${name} no longer.`);
    if (parts.length === 2) changed = `${parts.join(`${name}Anew=`).replace(/\}\)\s*$/, '')}${better}})`;
  }
  return changed;
}
