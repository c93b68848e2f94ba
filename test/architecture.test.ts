/**
 * Who may import whom, and which packages a layer may use. The table is the rule; `docs/architecture.md`
 * tells why.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../harness/', import.meta.url));

interface Rule {
  /** Folders or files below harness/ that the layer may import from, besides itself. */
  readonly from: readonly string[];
  /** npm packages that it may use. */
  readonly packages?: readonly string[];
}

/** Sentences about names, which expressions know too. */
const NAME_RULES = ['format-text', 'names', 'label-rules'].map(
  file => `simulator/kubernetes/registry/validation/${file}.ts`,
);

/** What the rooms of HTTP stand on. */
const BELOW_HTTP = [
  'base',
  'simulator/network',
  'simulator/kubernetes/registry',
  'simulator/kubernetes/auth',
  'simulator/kubernetes/kubelet-api.ts',
  'simulator/kubernetes/openapi',
];

/** What the rooms of controllers stand on: the rules that many kinds share lie in the folder above. */
const BELOW_CONTROLLER_ROOMS = [
  'base',
  'simulator/kubernetes/registry',
  'simulator/kubernetes/client',
  'simulator/kubernetes/controllers',
];

/** What the rooms of Istio stand on; of Kubernetes they have the HTTPS API. */
const BELOW_ISTIO = [
  'base',
  'simulator/network',
  'simulator/program.ts',
  'simulator/istio/xds',
  'simulator/istio/behaviour.ts',
  'simulator/istio/pod',
  'simulator/istio/releases.ts',
  'simulator/istio/registry',
  'simulator/istio/revision.ts',
  'simulator/istio/log.ts',
  'simulator/istio/metrics.ts',
  'simulator/istio/read-text.ts',
];

/** The longest key that a file's path starts with is its layer. */
const LAYERS: Readonly<Record<string, Rule>> = {
  base: {
    from: [],
    packages: [
      '@kubernetes/client-node',
      're2js',
      '@peculiar/asn1-csr',
      '@peculiar/asn1-schema',
      '@peculiar/asn1-x509',
      'js-yaml',
      'zod',
    ],
  },
  model: { from: ['base'], packages: ['js-yaml'] },
  process: { from: ['model', 'base'], packages: ['execa', 'p-retry'] },
  scenario: { from: ['model', 'base'], packages: ['js-yaml'] },
  plan: { from: ['model', 'base'], packages: ['js-yaml'] },
  tools: { from: ['platform/platform.ts', 'process', 'model', 'base'], packages: ['js-yaml'] },
  'tools/embedded': {
    from: [
      'tools/tools.ts',
      'platform/platform.ts',
      'process',
      'model',
      'base',
      'simulator/istio/install',
      // What becomes of what the user writes, for `analyze`.
      'simulator/istio/registry',
      'simulator/istio/istiod/model/advice.ts',
      'simulator/istio/istiod/model/led-elsewhere.ts',
      'simulator/istio/istiod/validation/validate.ts',
    ],
    packages: ['js-yaml', 'fast-json-patch', 'commander'],
  },
  platform: {
    from: ['process', 'model', 'base'],
    packages: ['js-yaml', 'testcontainers', 'p-retry', 'tar-stream'],
  },
  'platform/simulator': {
    from: [
      'platform/platform.ts',
      'platform/bundle.ts',
      'platform/diagnostics.ts',
      'platform/fault-points.ts',
      'model',
      'base',
      'simulator/world.ts',
      'simulator/network/virtual-clock.ts',
      'simulator/bridge',
    ],
  },
  'simulator/program.ts': { from: ['base', 'simulator/network'] },
  'simulator/network': { from: ['base'] },
  'simulator/bridge': { from: ['base', 'simulator/network', 'simulator/program.ts'] },
  // Above its rooms: the files that put them together. The registry is below all, a node knows no HTTP.
  'simulator/kubernetes': {
    from: ['base', 'simulator/network', 'simulator/program.ts'],
    packages: ['js-yaml'],
  },
  'simulator/kubernetes/registry': { from: ['base'], packages: ['fast-json-patch', 're2js'] },
  'simulator/kubernetes/registry/schema': {
    from: ['base', 'simulator/kubernetes/registry', 'simulator/kubernetes/cel'],
  },
  // Expressions: of schemas, webhooks and policies.
  'simulator/kubernetes/cel': {
    from: ['simulator/kubernetes/registry', ...NAME_RULES],
  },
  'simulator/kubernetes/registry/validation/format-text.ts': { from: [] },
  'simulator/kubernetes/registry/validation/names.ts': {
    from: ['simulator/kubernetes/registry', ...NAME_RULES],
  },
  'simulator/kubernetes/registry/validation/label-rules.ts': { from: NAME_RULES },
  'simulator/kubernetes/registry/validation': {
    from: ['base', 'simulator/kubernetes/registry', 'simulator/kubernetes/cel', ...NAME_RULES],
  },
  'simulator/kubernetes/registry/warnings': {
    from: [
      'base',
      'simulator/kubernetes/registry',
      'simulator/kubernetes/registry/validation',
      ...NAME_RULES,
    ],
  },
  // The contract between the API server and kubelets: types only.
  'simulator/kubernetes/openapi': {
    from: ['base', 'simulator/kubernetes/registry'],
    packages: ['js-yaml', 'kubernetes-descriptions'],
  },
  'simulator/kubernetes/kubelet-api.ts': { from: ['simulator/kubernetes/registry'] },
  'simulator/kubernetes/auth': { from: ['base', 'simulator/kubernetes/registry'] },
  'simulator/kubernetes/admission': {
    from: [
      'base',
      'simulator/network',
      'simulator/kubernetes/registry',
      'simulator/kubernetes/cel',
      'simulator/kubernetes/auth',
    ],
  },
  'simulator/kubernetes/http': { from: BELOW_HTTP, packages: ['js-yaml', 'ws'] },
  'simulator/kubernetes/http/patch': { from: [...BELOW_HTTP, 'simulator/kubernetes/http'] },
  'simulator/kubernetes/http/handlers': { from: [...BELOW_HTTP, 'simulator/kubernetes/http'] },
  'simulator/kubernetes/http/server': { from: [...BELOW_HTTP, 'simulator/kubernetes/http'] },
  'simulator/kubernetes/client': { from: ['base', 'simulator/kubernetes/registry'] },
  'simulator/kubernetes/controllers/batch': { from: BELOW_CONTROLLER_ROOMS },
  'simulator/kubernetes/controllers/sets': { from: BELOW_CONTROLLER_ROOMS },
  'simulator/kubernetes/controllers/storage': { from: BELOW_CONTROLLER_ROOMS },
  'simulator/kubernetes/controllers': {
    from: ['base', 'simulator/kubernetes/registry', 'simulator/kubernetes/client'],
  },
  'simulator/kubernetes/node': {
    from: [
      'base',
      'simulator/network',
      'simulator/program.ts',
      'simulator/kubernetes/registry',
      'simulator/kubernetes/kubelet-api.ts',
      'simulator/kubernetes/client',
    ],
  },
  // Below its rooms: what differs between releases, logs and metrics.
  'simulator/istio': { from: ['base'] },
  'simulator/istio/xds': { from: ['base'] },
  // What Istio has, and what becomes of it here: data, and how it is looked up.
  'simulator/istio/registry': { from: ['base'], packages: ['js-yaml'] },
  // The protocol: no bytes, no sockets.
  'simulator/istio/xds/ads': { from: ['base', 'simulator/istio/xds'] },
  // Messages to bytes: knows no resource. `envoy-descriptors` is made by build-descriptors.mjs.
  'simulator/istio/xds/proto': { from: ['base'], packages: ['protobufjs', 'envoy-descriptors'] },
  // The bytes of the protocol's messages.
  'simulator/istio/xds/wire': {
    from: [
      'base',
      'simulator/istio/xds',
      ...['ads', 'envoy-v3', 'proto'].map(room => `simulator/istio/xds/${room}`),
    ],
  },
  'simulator/istio/xds/envoy-v3': {
    packages: ['protobufjs'],
    from: [
      'base',
      'simulator/istio/xds/proto',
      'simulator/istio/xds/resources.ts',
      'simulator/istio/xds/cluster-policy.ts',
      'simulator/istio/xds/rbac.ts',
      'simulator/istio/xds/retry-policy.ts',
      'simulator/istio/xds/routes.ts',
    ],
  },
  'simulator/istio/pod': { from: ['simulator/istio/behaviour.ts'], packages: ['js-yaml'] },
  'simulator/istio/install': { from: BELOW_ISTIO, packages: ['js-yaml'] },
  'simulator/istio/ca': { from: BELOW_ISTIO },
  'simulator/istio/istiod': { from: [...BELOW_ISTIO, 'simulator/istio/ca'] },
  'simulator/istio/istiod/model': { from: BELOW_ISTIO, packages: ['js-yaml'] },
  // Functions from a resource to what is wrong with it.
  'simulator/istio/istiod/validation': { from: [...BELOW_ISTIO, 'simulator/istio/istiod/model'] },
  'simulator/istio/istiod/injection': {
    from: [...BELOW_ISTIO, 'simulator/istio/istiod/model', 'simulator/istio/istiod/validation'],
    packages: ['js-yaml'],
  },
  'simulator/istio/istiod/watch': {
    from: [...BELOW_ISTIO, 'simulator/istio/ca', 'simulator/istio/istiod/model'],
    packages: ['js-yaml'],
  },
  'simulator/istio/istiod/lead': {
    from: [...BELOW_ISTIO, 'simulator/istio/istiod/model', 'simulator/istio/istiod/watch'],
  },
  'simulator/istio/istiod/mesh': {
    from: [...BELOW_ISTIO, 'simulator/istio/istiod/model', 'simulator/istio/istiod/watch'],
  },
  // Functions from the model and the mesh to what proxies get: nothing of the wire, of clocks or of clusters.
  'simulator/istio/istiod/generate': {
    from: ['simulator/istio/xds', 'simulator/istio/istiod/model', 'simulator/istio/istiod/mesh'],
  },
  'simulator/istio/istiod/serve': {
    from: [
      ...BELOW_ISTIO,
      'simulator/istio/ca',
      'simulator/istio/istiod/model',
      'simulator/istio/istiod/mesh',
      'simulator/istio/istiod/generate',
    ],
  },
  'simulator/istio/envoy': { from: BELOW_ISTIO },
  'simulator/istio/envoy/environment': { from: BELOW_ISTIO },
  'simulator/istio/envoy/upstream': { from: [...BELOW_ISTIO, 'simulator/istio/envoy/environment'] },
  'simulator/istio/envoy/http': {
    from: [...BELOW_ISTIO, 'simulator/istio/envoy/environment', 'simulator/istio/envoy/upstream'],
  },
  'simulator/istio/envoy/listeners': {
    from: [
      ...BELOW_ISTIO,
      'simulator/istio/envoy/environment',
      'simulator/istio/envoy/upstream',
      'simulator/istio/envoy/http',
    ],
  },
  'simulator/istio/envoy/admin': {
    from: [
      ...BELOW_ISTIO,
      'simulator/istio/envoy/envoy.ts',
      'simulator/istio/envoy/environment',
      'simulator/istio/envoy/upstream',
    ],
  },
  'simulator/istio/agent': { from: [...BELOW_ISTIO, 'simulator/istio/envoy'], packages: ['js-yaml'] },
  'simulator/images': { from: ['base', 'simulator/network', 'simulator/program.ts', 'simulator/istio'] },
  'simulator/world.ts': { from: ['base', 'simulator'] },
  // Lets parts of a mesh fail; of platforms it has the points at which they can.
  faults: { from: ['verify', 'platform/fault-points.ts', 'model', 'base'] },
  run: { from: ['verify', 'plan', 'tools/tools.ts', 'platform/platform.ts', 'model', 'base'] },
  verify: { from: ['plan/step.ts', 'platform/platform.ts', 'model', 'base'] },
  report: {
    from: [
      'run/events.ts',
      'verify/check.ts',
      'verify/diagnose/steps.ts',
      'verify/figures.ts',
      'verify/missing.ts',
      'verify/seen/calls.ts',
      'verify/seen/seen.ts',
      'verify/traffic.ts',
      'plan/step.ts',
      'platform/platform.ts',
      'model',
      'base',
    ],
    packages: ['js-yaml'],
  },
  'guide/source-text.ts': { from: [] },
  // A page's text to blocks, tabs and headings: knows no shell and no Kubernetes.
  'guide/page': {
    from: ['guide/source-text.ts', 'base'],
    // Of mdast there are types only; they come with the parser.
    packages: ['mdast-util-from-markdown', 'mdast', 'js-yaml'],
  },
  // The text of a block to commands.
  'guide/shell': { from: ['guide/source-text.ts', 'guide/page/page.ts', 'base'], packages: ['unbash'] },
  // What a reader does who follows the pages from top to bottom.
  'guide/follow': { from: ['guide/source-text.ts', 'guide/page/page.ts', 'guide/shell', 'base'] },
  'guide/plan': {
    from: [
      'guide/source-text.ts',
      'guide/page/page.ts',
      'guide/follow',
      'guide/lint/finding.ts',
      'scenario/read-scenario.ts',
      'plan',
      'model',
      'base',
    ],
  },
  'guide/lint': {
    from: ['guide/source-text.ts', 'guide/page', 'guide/shell', 'guide/follow', 'model', 'base'],
    packages: ['js-yaml'],
  },
  // Pages, mended or as they are printed, to a plan: puts the rooms of guides together.
  'guide/read-guide.ts': { from: ['guide', 'model', 'base'] },
  // Tries sessions that go wrong on purpose; of platforms it has the simulator only.
  matrix: {
    from: [
      'session',
      'verify',
      'report/report.ts',
      'run/events.ts',
      'plan',
      'platform/platform.ts',
      'platform/simulator',
      'simulator/world.ts',
      'model',
      'base',
    ],
    packages: ['js-yaml'],
  },
  cli: { from: [''], packages: ['commander', 'picocolors', 'log-update', 'string-width', 'js-yaml'] },
  // Both put a run together out of everything.
  session: { from: [''] },
  // The same for the tests of others.
  library: { from: [''] },
  'index.ts': { from: [''] },
};

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => file.replaceAll(path.sep, '/'))
  .sort();

const within = (file: string, folder: string) =>
  folder === '' || file === folder || file.startsWith(`${folder}/`);
const layerOf = (file: string) =>
  Object.keys(LAYERS)
    .filter(layer => within(file, layer))
    .sort((one, other) => other.length - one.length)[0];

/** The specifiers of a file's imports, those of types too. */
function importsOf(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(ROOT, file), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      imports.push(node.moduleSpecifier.text);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument && ts.isStringLiteral(argument)) imports.push(argument.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

const graph = new Map(files.map(file => [file, importsOf(file)]));
const resolve = (file: string, specifier: string) =>
  path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));

t.test('every file belongs to a layer', async t => {
  t.same(
    files.filter(file => !layerOf(file)),
    [],
  );
});

t.test('imports point down only', async t => {
  const breaches: string[] = [];
  for (const [file, imports] of graph) {
    const layer = layerOf(file) ?? '';
    const rule = LAYERS[layer];
    if (!rule) continue;
    for (const specifier of imports) {
      if (specifier.startsWith('node:')) continue;
      if (specifier.startsWith('.')) {
        const target = resolve(file, specifier);
        const allowed = within(target, layer) || rule.from.some(folder => within(target, folder));
        if (!allowed)
          breaches.push(`harness/${file} imports harness/${target}: not in LAYERS['${layer}'].from`);
      } else {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        if (!rule.packages?.includes(name))
          breaches.push(`harness/${file} imports ${name}: not in LAYERS['${layer}'].packages`);
      }
    }
  }
  t.same(breaches, [], 'a breach is mended in the file, or the table above is changed with a reason');
});

/** What of ours each file imports. */
const targetsOf = new Map(
  [...graph].map(([file, imports]) => [
    file,
    imports.filter(specifier => specifier.startsWith('.')).map(specifier => resolve(file, specifier)),
  ]),
);
const arrows = [...targetsOf].flatMap(([file, targets]) => targets.map(target => ({ file, target })));

t.test('only the command line imports the command line', async t => {
  const breaches = arrows.filter(({ file, target }) => within(target, 'cli') && !within(file, 'cli'));
  t.same(breaches, []);
});

t.test('no platform knows another', async t => {
  const platformOf = (file: string) => /^platform\/([^/]+)\//.exec(file)?.[1];
  const breaches = arrows.filter(({ file, target }) => {
    const [own, other] = [platformOf(file), platformOf(target)];
    return own !== undefined && other !== undefined && own !== other;
  });
  t.same(breaches, [], 'what two platforms need stands beside their folders');
});

/** @returns the rings of a graph, each as its members with the first one again at the end */
function ringsOf(nodes: Iterable<string>, next: (node: string) => Iterable<string>): string[] {
  const rings: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (node: string, trail: readonly string[]): void => {
    if (state.get(node) === 'done') return;
    if (state.get(node) === 'open') {
      rings.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
      return;
    }
    state.set(node, 'open');
    for (const other of next(node)) visit(other, [...trail, node]);
    state.set(node, 'done');
  };
  for (const node of nodes) visit(node, []);
  return rings;
}

t.test('no ring of imports, not even of types', async t => {
  t.same(
    ringsOf(files, file => targetsOf.get(file) ?? []),
    [],
  );
});

t.test('the rooms of the simulator are no ring', async t => {
  const rooms = new Map<string, Set<string>>();
  for (const { file, target } of arrows) {
    const [room = '', other = ''] = [layerOf(file), layerOf(target)];
    if (!within(room, 'simulator') || room === other) continue;
    rooms.set(room, (rooms.get(room) ?? new Set()).add(other));
  }
  t.ok(rooms.size > 20);
  t.same(
    ringsOf(rooms.keys(), room => rooms.get(room) ?? []),
    [],
  );
});

t.test('time, chance and the environment come in as arguments', async t => {
  const rules: readonly { readonly pattern: RegExp; readonly allowedIn: RegExp }[] = [
    { pattern: /\bDate\.now\(|new Date\(\)|performance\.now\(/, allowedIn: /^(base\/clock\.ts|cli\/)/ },
    { pattern: /\bMath\.random\(|randomUUID\(/, allowedIn: /^$/ },
    { pattern: /\bprocess\.(env|argv)\b/, allowedIn: /^(cli\/(?:main|start|save-code)\.ts$|process\/)/ },
  ];
  const breaches: string[] = [];
  for (const file of files) {
    const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (/^\s*(\/\/|\*|\/\*)/.test(line)) continue;
      for (const { pattern, allowedIn } of rules) {
        if (pattern.test(line) && !allowedIn.test(file))
          breaches.push(`harness/${file}:${index + 1}: ${line.trim()}`);
      }
    }
  }
  t.same(breaches, []);
});

t.test('nothing in the code knows a scenario by name', async t => {
  const names = /['"`](multi-primary|primary-remote)(-multi-network)?['"`]/;
  const breaches = files.filter(file => {
    // The command line's examples in help texts may name one, and so may the titles of the guide's pages.
    if (/^plan\/editions\/[^/]+\/guide\.ts$/.test(file)) return false;
    // For TypeScript a name that is none is an error where it is written.
    if (file === 'library/topologies.ts') return false;
    const code = readFileSync(path.join(ROOT, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    return !within(file, 'cli') && names.test(code);
  });
  t.same(breaches, []);
});
