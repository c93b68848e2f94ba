/**
 * What tells the bundles, the published one and that of the tests, what Kubernetes says of its types and
 * their fields: texts that OpenAPI documents carry, and `kubectl explain` prints.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** As small as a slow compression makes it, but for a few parts in a hundred. */
const QUICK = { [constants.BROTLI_PARAM_QUALITY]: 9 };
let packed;

/**
 * Makes the module `kubernetes-descriptions` out of the declarations in kubernetes-models and of the
 * parameters in client-node. It exports a function, so that the text costs nothing until somebody asks for
 * it.
 */
export const kubernetesDescriptions = {
  name: 'kubernetes-descriptions',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^kubernetes-descriptions$/ }, ({ path }) => ({
      path,
      namespace: 'kubernetes-descriptions',
    }));
    onLoad({ filter: /./, namespace: 'kubernetes-descriptions' }, () => {
      packed ??= brotliCompressSync(JSON.stringify(describeKubernetes()), { params: QUICK }).toString(
        'base64',
      );
      return { contents: `export default () => ${JSON.stringify(packed)};` };
    });
  },
};

const folderOf = (name, from) => dirname(createRequire(from).resolve(`${name}/package.json`));

/** Returns what `kubernetes-descriptions.d.ts` tells. */
export function describeKubernetes() {
  const models = folderOf('kubernetes-models', import.meta.url);
  const machinery = folderOf('@kubernetes-models/apimachinery', join(models, 'package.json'));
  const types = {};
  for (const folder of [models, machinery]) {
    for (const file of readdirSync(folder, { recursive: true })) {
      if (!file.endsWith('.d.ts') || file.startsWith('_schemas')) continue;
      const described = describeType(readFileSync(join(folder, file), 'utf8'));
      if (described) types[described.name] = [described.text, described.fields];
    }
  }
  takeOlderWords(types);
  return { types, parameters: describeParameters() };
}

/**
 * client-node is of the version that the simulator speaks, kubernetes-models of a later one. But client-node
 * has no paragraphs, no values of enumerations and no texts beside references. So where both have a text its
 * words are those of client-node.
 */
function takeOlderWords(types) {
  const models = join(
    dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
    'gen/models',
  );
  const known = new Set(readdirSync(models));
  // What client-node says beside some references.
  const ofTypes = new Set(Object.values(types).map(([text]) => inOneLine(text)));
  for (const [name, described] of Object.entries(types)) {
    const file = `${/V\d+(?:(?:alpha|beta)\d+)?[A-Z]\w*$/.exec(name)?.[0]}.d.ts`;
    if (!known.has(file)) continue;
    const text = readFileSync(join(models, file), 'utf8');
    const [, own] = /\/\*\*\n\* (.*)\n\*\/\nexport declare class/.exec(text) ?? [];
    described[0] = inOlderWords(described[0], own);
    for (const [, said, field] of text.matchAll(MODEL_FIELD))
      if (described[1][field] !== undefined && !ofTypes.has(inOneLine(said)))
        described[1][field] = inOlderWords(described[1][field], said);
  }
}

const MODEL_FIELD = / {4}\/\*\*\n {4}\* (.*)\n {4}\*\/\n {4}'([^']+)'\??: /g;
const VALUES = '\n\nPossible enum values:';
const inOneLine = text => text.replace(/\s+/g, ' ').trim();

function inOlderWords(text, escaped) {
  // Beside a reference to this type client-node has the type's text.
  if (escaped === undefined || escaped.startsWith('IntOrString is a type')) return text;
  let older = escaped
    .replace(/\\(['"\\])/g, '$1')
    .replace(/\*_\//g, '*/')
    .replace(/\/_\*/g, '/*')
    .trim();
  const at = text.indexOf(VALUES);
  const words = at === -1 ? text : text.slice(0, at);
  if (inOneLine(words) === inOneLine(older)) return text;
  // The end of a paragraph is two blanks there.
  for (const [, end] of words.matchAll(/(.{1,12})\n\n/g)) older = older.replace(`${end}  `, `${end}\n\n`);
  return older + (at === -1 ? '' : text.slice(at));
}

const COMMENT = String.raw`/\*\*\n((?: +\*.*\n)+?) +\*/\n`;
const TYPE = new RegExp(`^(?:${COMMENT})?export (?:interface|type) I(\\w+)\\b`, 'm');
const FIELD = new RegExp(`^(?: {4}${COMMENT}) {4}"([^"]+)"\\??: `, 'gm');
const PLAIN_FIELD = /^ {4}"([^"]+)"\??: /gm;
const PARAMETER = / {4}\/\*\*\n {5}\* (.*)\n(?: {5}\*.*\n)*? {5}\*\/\n {4}(\w+)\??:/g;
const FULL_NAME = /export (?:type )?\{ \w+ as I(Io\w+)[, ]/;

/** Reads a declaration. @returns undefined for a file without one, an index */
function describeType(text) {
  const name = FULL_NAME.exec(text)?.[1];
  const type = TYPE.exec(text);
  if (name === undefined || !type) return undefined;
  const end = text.indexOf('\n}', type.index);
  const fields = {};
  for (const [, comment, field] of text.slice(type.index, end).matchAll(FIELD))
    fields[field] = textOf(comment);
  // One without a text is no field that is younger than this package.
  for (const [, field] of text.slice(type.index, end).matchAll(PLAIN_FIELD)) fields[field] ??= '';
  return { name, text: textOf(type[1] ?? ''), fields };
}

/** Returns what a comment says; a star is escaped in them, so that none ends early. */
const textOf = comment =>
  comment
    .replace(/^ +\* ?/gm, '')
    .replace(/\\([*/])/g, '$1')
    .replace(/\n@deprecated\s*$/, '')
    .trim();

/** How the name of a request begins, and the kind of the options that are its parameters. */
const OPTIONS = [
  [/^Create.*/, 'CreateOptions'],
  [/^Replace.*/, 'UpdateOptions'],
  [/^Patch.*/, 'PatchOptions'],
  [/^DeleteCollection.*/, ''],
  [/^Delete.*/, 'DeleteOptions'],
  [/^List.*/, 'ListOptions'],
  [/^ReadNamespacedPodLog$/, 'PodLogOptions'],
  [/^Connect(?:Get|Post)Namespaced(PodAttach|PodExec)$/, '$1Options'],
  [/^Connect\w+?(?:Namespaced)?(Node|Pod|Service)Proxy$/, '$1ProxyOptions'],
  [/^Connect\w+PodPortforward$/, 'PodPortForwardOptions'],
];

const ENTITIES = { quot: '"', lt: '<', gt: '>', amp: '&' };

/** client-node's generator writes HTML. */
const withoutEntities = text =>
  text
    .replace(/\\(?=['"&])/g, '')
    .replace(/&#(x?)(\w+);/g, (_, hex, code) => String.fromCharCode(Number.parseInt(code, hex ? 16 : 10)))
    .replace(/&(quot|lt|gt|amp);/g, (_, name) => ENTITIES[name]);

/** Returns the text of a parameter by the kind of its options and its name, and that of `pretty`. */
function describeParameters() {
  const file = join(
    dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')),
    'gen/types/ObjectParamAPI.d.ts',
  );
  const texts = {};
  const requests = readFileSync(file, 'utf8').matchAll(
    /^export interface \w+?Api([A-Z]\w+)Request \{\n((?: .*\n)*?)\}/gm,
  );
  for (const [, request, body] of requests) {
    const [pattern, kind] = OPTIONS.find(([each]) => each.test(request)) ?? [/.*/, ''];
    const options = request.replace(pattern, kind);
    for (const [, said, name] of body.matchAll(PARAMETER)) {
      const text = withoutEntities(said);
      const paragraphs = options === 'ListOptions' ? text.replace(/ {2}(?=[A-Z])/g, '\n\n') : text;
      if (name === 'pretty') texts[name] = text;
      else if (options.endsWith('Options') && name !== 'name' && name !== 'namespace')
        texts[`${options}.${name.replace(/^_/, '')}`] ??= paragraphs;
    }
  }
  return texts;
}
