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

/** The longest key that a file's path starts with is its layer. */
const LAYERS: Readonly<Record<string, Rule>> = {
  base: {
    from: [],
    packages: [
      '@kubernetes/client-node',
      '@peculiar/asn1-csr',
      '@peculiar/asn1-schema',
      '@peculiar/asn1-x509',
      'js-yaml',
    ],
  },
  model: { from: ['base'], packages: ['js-yaml'] },
  process: { from: ['model', 'base'], packages: ['execa', 'p-retry'] },
  scenario: { from: ['model', 'base'], packages: ['js-yaml', 'zod'] },
  plan: { from: ['model', 'base'], packages: ['js-yaml'] },
  tools: { from: ['platform/platform.ts', 'process', 'model', 'base'], packages: ['js-yaml'] },
  'tools/embedded': {
    from: ['tools/tools.ts', 'platform/platform.ts', 'process', 'model', 'base', 'simulator/istio/install'],
    packages: ['js-yaml', 'fast-json-patch', 'commander'],
  },
  platform: { from: ['process', 'model', 'base'], packages: ['js-yaml', 'testcontainers', 'p-retry'] },
  'platform/simulator': {
    from: [
      'platform/platform.ts',
      'platform/diagnostics.ts',
      'model',
      'base',
      'simulator/world.ts',
      'simulator/network/virtual-clock.ts',
    ],
  },
  'simulator/program.ts': { from: ['base', 'simulator/network'] },
  'simulator/network': { from: ['base'] },
  'simulator/kubernetes': {
    from: ['base', 'simulator/network', 'simulator/program.ts'],
    packages: ['ws', 'fast-json-patch', 'js-yaml', 'protobufjs', '@marcbachmann/cel-js'],
  },
  'simulator/istio': {
    from: ['base', 'simulator/network', 'simulator/program.ts'],
    packages: ['js-yaml', 'fast-json-patch', 'zod'],
  },
  'simulator/images': { from: ['base', 'simulator/network', 'simulator/program.ts', 'simulator/istio'] },
  'simulator/world.ts': { from: ['base', 'simulator'] },
  run: { from: ['verify', 'plan', 'tools/tools.ts', 'platform/platform.ts', 'model', 'base'] },
  verify: { from: ['plan/step.ts', 'platform/platform.ts', 'model', 'base'] },
  report: {
    from: [
      'run/events.ts',
      'verify/check.ts',
      'verify/statistics.ts',
      'plan/step.ts',
      'platform/platform.ts',
      'model',
      'base',
    ],
    packages: ['js-yaml'],
  },
  cli: { from: [''], packages: ['commander', 'picocolors', 'log-update', 'string-width', 'js-yaml'] },
  // Both put a run together out of everything.
  'session.ts': { from: [''] },
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

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(path.join(ROOT, file), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      const typeOnly = ts.isImportDeclaration(node)
        ? node.importClause?.isTypeOnly === true
        : node.isTypeOnly;
      imports.push({ specifier: node.moduleSpecifier.text, typeOnly });
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument && ts.isStringLiteral(argument))
        imports.push({ specifier: argument.text, typeOnly: false });
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
    for (const { specifier } of imports) {
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

t.test('only the command line imports the command line', async t => {
  const breaches = [...graph].flatMap(([file, imports]) =>
    within(file, 'cli')
      ? []
      : imports
          .filter(({ specifier }) => specifier.startsWith('.') && within(resolve(file, specifier), 'cli'))
          .map(({ specifier }) => `${file} → ${specifier}`),
  );
  t.same(breaches, []);
});

t.test('no ring of imports', async t => {
  const rings: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      rings.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const { specifier, typeOnly } of graph.get(file) ?? []) {
      if (specifier.startsWith('.') && !typeOnly) visit(resolve(file, specifier), [...trail, file]);
    }
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  t.same(rings, []);
});

t.test('time, chance and the environment come in as arguments', async t => {
  const rules: readonly { readonly pattern: RegExp; readonly allowedIn: RegExp }[] = [
    { pattern: /\bDate\.now\(|new Date\(\)|performance\.now\(/, allowedIn: /^(base\/clock\.ts|cli\/)/ },
    { pattern: /\bMath\.random\(|randomUUID\(/, allowedIn: /^$/ },
    { pattern: /\bprocess\.(env|argv)\b/, allowedIn: /^(cli\/main\.ts$|process\/)/ },
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
    const code = readFileSync(path.join(ROOT, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    return !within(file, 'cli') && names.test(code);
  });
  t.same(breaches, []);
});
