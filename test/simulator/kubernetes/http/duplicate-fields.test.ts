/**
 * Fields that a body has twice, and options that nobody knows: told or refused in the words of a real server.
 */
import t from 'tap';
import { jsonDuplicates, loadYaml } from '../../../../harness/simulator/kubernetes/http/duplicate-keys.ts';
import { type ApiWorld, apiWorld, configMap, configMaps } from '../api-world.ts';
import { rawRequest } from '../raw-exchange.ts';

const PATH = '/api/v1/namespaces/sample/configmaps';
const YAML = 'application/yaml';

async function send(world: ApiWorld, method: string, path: string, type: string, body: string) {
  const answer = await rawRequest(world, method, path, { headers: { 'content-type': type }, body });
  const { message } = JSON.parse(answer.text) as { message?: string };
  const warnings = (answer.headers as { warning?: string }).warning ?? '';
  return { code: answer.code, message: message ?? '', warnings: warnings.replace(/299 - /g, '') };
}

t.test('keys that stand twice are found whatever the text looks like', t => {
  const rows: readonly (readonly [text: string, found: string])[] = [
    ['{"a":1,"b":{"c":[{"d":1}]}}', ''],
    ['{"a":1,"a":2,"a":3}', 'a'],
    ['{"a" : 1 , "a" : 2}', 'a'],
    ['{"a":"x\\":y","b":1}', ''],
    ['{"a":"x\\":y","a":1}', 'a'],
    ['{"a\\\\":1,"a\\\\":2}', 'a\\'],
    ['{"a":[{"b":1},{"b":1,"b":2}],"c":{"b":1,"b":true}}', 'a[1].b c.b'],
    ['{"":1,"":[null,-1.5e3,"]"]}', ''],
  ];
  for (const [text, found] of rows) {
    let count = 0;
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        count += Object.keys(value).length;
      return value;
    });
    const texts = jsonDuplicates(text, count)?.withUnknown([], true).texts ?? [];
    t.equal(
      texts.map(each => JSON.parse(each.slice('duplicate field '.length)) as string).join(' '),
      found,
      text,
    );
  }
  const { value, duplicates } = loadYaml('a: 1\nb:\n  c: x\n  "c": y\na: 2\n');
  t.same(value, { a: 2, b: { c: 'y' } }, 'the last one counts');
  const lines = ['line 4: key "c" already set in map', 'line 5: key "a" already set in map'];
  t.same(duplicates?.lines, lines);
  t.end();
});

t.test('of fields that are there twice the last one counts, and the client is told', async t => {
  await using world = await apiWorld();
  const body = '{"metadata":{"name":"x","name":"a"},"foo":{"b":1,"b":2},"data":{"k":"1","k":"2"}}';
  const json = (mode: string) =>
    send(world, 'POST', `${PATH}?dryRun=All&fieldValidation=${mode}`, 'application/json', body);
  const all = ['duplicate field "metadata.name"', 'unknown field "foo"', 'duplicate field "data.k"'];
  t.match(await json('Strict'), {
    code: 400,
    message: `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${all.join(', ')}`,
  });
  const escaped = all.map(text => JSON.stringify(text)).join(', ');
  t.same(await json('Warn'), { code: 201, message: '', warnings: escaped });
  t.same(await json(''), { code: 201, message: '', warnings: escaped });
  t.same(await json('Ignore'), { code: 201, message: '', warnings: '' });

  const text = 'metadata:\n  name: x\n  name: a\nfoo: 1\ndata:\n  k: "1"\n  k: "2"\n';
  const yaml = (mode: string) =>
    send(world, 'POST', `${PATH}?dryRun=All&fieldValidation=${mode}`, YAML, text);
  const lines = ['line 3: key "name" already set in map', 'line 7: key "k" already set in map'];
  const unknown = 'unknown field "foo"';
  t.match(await yaml('Strict'), {
    code: 400,
    message: `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  ${lines.join('\n  ')}, ${unknown}`,
  });
  const warned = [...lines, unknown].map(each => JSON.stringify(each)).join(', ');
  t.same(await yaml('Warn'), { code: 201, message: '', warnings: warned });
  t.same(await yaml('Ignore'), { code: 201, message: '', warnings: '' });
});

t.test('patches tell of theirs', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const patch = (type: string, body: string, mode: string) =>
    send(world, 'PATCH', `${PATH}/a?dryRun=All&fieldManager=x&fieldValidation=${mode}`, type, body);
  const twice = '{"data":{"k":"1","k":"2"},"foo":1}';
  for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
    t.match(await patch(type, twice, 'Strict'), {
      code: 422,
      message: /: strict decoding error: duplicate field "data\.k", unknown field "foo"$/,
    });
    const warnings = '"duplicate field \\"data.k\\"", "unknown field \\"foo\\""';
    t.match(await patch(type, twice, 'Warn'), { code: 200, warnings });
  }
  const operations = '[{"op":"add","op":"replace","path":"/data","value":{"k":"2"},"foo":1}]';
  t.match(await patch('application/json-patch+json', operations, ''), {
    code: 200,
    warnings: '"json patch duplicate field \\"[0].op\\"", "json patch unknown field \\"[0].foo\\""',
  });
  const applied = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  l: "1"\n  l: "2"\n';
  t.match(await patch('application/apply-patch+yaml', applied, 'Strict'), {
    code: 400,
    message:
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key "l" already set in map',
  });
  t.match(await patch('application/apply-patch+yaml', applied, ''), {
    code: 200,
    warnings: '"line 5: key \\"l\\" already set in map"',
  });
});

t.test('options that nobody knows are refused, all at once', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const body = JSON.stringify({ metadata: { name: 'b' } });
  const create = async (query: string) =>
    (await send(world, 'POST', `${PATH}?${query}`, 'application/json', body)).message;
  const invalid = 'CreateOptions.meta.k8s.io "" is invalid: ';
  const manager = 'fieldManager: Invalid value: "\\x01": invalid character U+0001 (at position 0)';
  const dryRun = 'dryRun: Unsupported value: ["Bar"]: supported values: "All"';
  const mode = 'fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"';
  t.equal(await create('fieldValidation=Foo'), invalid + mode);
  t.equal(await create('fieldManager=%01'), invalid + manager);
  t.equal(await create('dryRun=Bar'), invalid + dryRun);
  t.equal(
    await create('fieldValidation=Foo&dryRun=Bar&fieldManager=%01'),
    `${invalid}[${manager}, ${dryRun}, ${mode}]`,
  );
  t.equal(await create('dryRun='), `${invalid}dryRun: Unsupported value: [""]: supported values: "All"`);
  const accents = await create('fieldManager=%C3%BC%C2%AD');
  t.equal(
    accents,
    `${invalid}fieldManager: Invalid value: "ü\\u00ad": invalid character U+00AD (at position 2)`,
  );
  const patched = await send(
    world,
    'PATCH',
    `${PATH}/a?force=true&fieldManager=%01`,
    'application/merge-patch+json',
    '{}',
  );
  const force = 'force: Forbidden: may not be specified for non-apply patch';
  t.equal(patched.message, `PatchOptions.meta.k8s.io "" is invalid: [${force}, ${manager}]`);
  t.match(await send(world, 'POST', PATH, '*/*', body), { code: 415 }, 'a body has a type');
});
