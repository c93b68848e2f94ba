/** Every type of extension that the real istiod sends has a row, and what is told of it is written down. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { CODECS } from '../../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { TYPES } from '../../../../harness/simulator/istio/xds/envoy-v3/type-names.ts';
import { typeUrlOf } from '../../../../harness/simulator/istio/xds/wire/types.ts';
import { ROOT } from '../../../support/cli.ts';
import { looseJson } from '../../../support/loose-json.ts';
import { readRecording, SCENARIOS } from '../../../support/recording.ts';
import { RUN } from '../../../support/view-differences.ts';

/** Full names of what is in each `typed_config` of a message, and in a TypedStruct of it. */
function* typesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    // A cast: it is an opened Any.
    if (key === 'typed_config' || key.startsWith('envoy.extensions.upstreams.'))
      yield configOf(item as Config);
    yield* typesIn(item);
  }
}

interface Config {
  readonly '@type': string;
  readonly bytes?: string;
}

/** The type of a configuration; a TypedStruct begins with the URL of what is in it. */
function configOf({ '@type': type, bytes = '' }: Config): string {
  if (!type.endsWith('.TypedStruct')) return type;
  const [, inside = type] =
    /type\.googleapis\.com\/([\w.]+)/.exec(Buffer.from(bytes, 'hex').toString('latin1')) ?? [];
  return inside;
}

const types = new Set<string>();
const notes = new Set<string>();
const refusals: string[] = [];
let resources = 0;
for (const scenario of SCENARIOS) {
  for (const [proxy, { told }] of readRecording(scenario).proxies) {
    for (const [short, type] of Object.entries(RUN)) {
      for (const { name, body } of told[short as keyof typeof RUN]) {
        resources++;
        for (const each of typesIn(looseJson(typeUrlOf(type), body))) types.add(each);
        try {
          CODECS[type].decode(body, note => notes.add(note));
        } catch (error) {
          refusals.push(`${scenario} ${proxy} ${short} ${name}: ${String(error)}`);
        }
      }
    }
  }
}

t.test('nothing that the real istiod sends is refused', async t => {
  t.strictSame(refusals, []);
  t.ok(resources > 600, `${resources} resources`);
});

const EXECUTED: ReadonlySet<string> = new Set(Object.values(TYPES));

t.test('each type of extension is executed, or passed over and told of', async t => {
  const docs = readFileSync(path.join(ROOT, 'docs/fidelity.md'), 'utf8');
  t.ok(types.size >= 14, [...types].join(' '));
  for (const type of types) {
    if (EXECUTED.has(type)) continue;
    t.ok(docs.includes(`\`${type}\``), `docs/fidelity.md names ${type}`);
    t.ok(
      [...notes].some(note => note.includes(` ${type}, because `)),
      `reading it is noted: ${type}`,
    );
  }
});
