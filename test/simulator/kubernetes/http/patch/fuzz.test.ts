import t from 'tap';
import { createRandom, type Random } from '../../../../../harness/base/random.ts';
import {
  fromFieldsV1,
  isEmpty,
  toFieldsV1,
} from '../../../../../harness/simulator/kubernetes/http/patch/field-set.ts';
import { mergeTree } from '../../../../../harness/simulator/kubernetes/http/patch/merge-keys.ts';
import { mergePatch } from '../../../../../harness/simulator/kubernetes/http/patch/merge-patch.ts';
import { changesOf, fieldsOf } from '../../../../../harness/simulator/kubernetes/http/patch/object-fields.ts';
import { strategicPatch } from '../../../../../harness/simulator/kubernetes/http/patch/strategic.ts';
import {
  copy,
  equal,
  isObject,
  type JsonObject,
} from '../../../../../harness/simulator/kubernetes/registry/json.ts';
import { jsonPatch } from '../../../../../harness/simulator/kubernetes/registry/json-patch.ts';
import { ApiError } from '../../../../../harness/simulator/kubernetes/registry/status.ts';

const KEYS = [
  'spec',
  'containers',
  'ports',
  'name',
  'image',
  'metadata',
  'finalizers',
  'labels',
  'a',
  '__proto__',
  'constructor',
];
const DIRECTIVES = [
  '$patch',
  '$retainKeys',
  '$setElementOrder/containers',
  '$deleteFromPrimitiveList/finalizers',
];

function randomValue(random: Random, depth: number, keys: readonly string[]): unknown {
  switch (random.integer(depth > 0 ? 7 : 4)) {
    case 0:
      return random.pick(['x', 'y', 'replace', 'delete', 'merge']);
    case 1:
      return random.integer(3);
    case 2:
      return null;
    case 3:
      return random.pick([true, false]);
    case 4:
      return Array.from({ length: random.integer(3) }, () => randomValue(random, depth - 1, keys));
    default:
      return randomObject(random, depth - 1, keys);
  }
}

function randomObject(random: Random, depth: number, keys: readonly string[]): JsonObject {
  const entries = Array.from({ length: random.integer(4) }, () => [
    random.pick(keys),
    randomValue(random, depth, keys),
  ]);
  return copy(
    JSON.parse(
      `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`,
    ),
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}

t.test('any patch of any object gives an object or a refusal, and leaves its arguments alone', async t => {
  const random = createRandom('patches');
  let applied = 0;
  for (let index = 0; index < 4000; index++) {
    const object = randomObject(random, 5, KEYS);
    const patch = randomObject(random, 5, [...KEYS, ...DIRECTIVES]);
    const before = JSON.stringify([object, patch]);
    const operations = Array.from({ length: random.integer(3) }, () => ({
      op: random.pick(['add', 'remove', 'replace', 'copy', 'move', 'test', 'nonsense']),
      path: `/${random.pick(KEYS)}/${random.pick(['0', '-', 'name', '~1', '99999999'])}`,
      from: `/${random.pick(KEYS)}`,
      value: randomValue(random, 2, KEYS),
    }));
    const runs = [
      () => strategicPatch(object, patch, mergeTree('v1', 'Pod')),
      () => mergePatch(object, patch),
      () => jsonPatch(object, operations),
    ];
    for (const run of runs) {
      try {
        if (isObject(run())) applied++;
        else t.fail('no object');
      } catch (error) {
        if (!(error instanceof ApiError)) {
          t.fail(`${before}: ${String(error)}`);
          return;
        }
      }
    }
    if (JSON.stringify([object, patch]) !== before) {
      t.fail(`changed its arguments: ${before}`);
      return;
    }
  }
  t.ok(applied > 4000, `${applied} were applied`);
  t.equal(Object.keys(Object.prototype).length, 0, 'the prototype of all objects is as it was');
});

t.test('an empty patch changes nothing, and a merge patch with the object itself neither', async t => {
  const random = createRandom('identity');
  for (let index = 0; index < 500; index++) {
    const object = withoutNulls(randomObject(random, 4, KEYS)) as JsonObject;
    if (
      !equal(strategicPatch(object, {}, mergeTree('v1', 'Pod')), object) ||
      !equal(mergePatch(object, {}), object)
    ) {
      t.fail(JSON.stringify(object));
      return;
    }
    if (!equal(mergePatch(object, object), object)) {
      t.fail(JSON.stringify(object));
      return;
    }
  }
  t.pass();
});

t.test('sets of fields survive their own notation, and nothing differs from itself', async t => {
  const random = createRandom('fields');
  for (let index = 0; index < 500; index++) {
    const object = randomObject(random, 4, KEYS);
    const fields = toFieldsV1(fieldsOf(object, mergeTree('v1', 'Pod'), true));
    if (!equal(toFieldsV1(fromFieldsV1(fields)), fields)) {
      t.fail(JSON.stringify(object));
      return;
    }
    const { changed, removed } = changesOf(object, copy(object), mergeTree('v1', 'Pod'));
    if (!isEmpty(changed) || !isEmpty(removed)) {
      t.fail(JSON.stringify(object));
      return;
    }
  }
  t.pass();
});
