/**
 * What a kind is stands in five tables. A kind that is simulated is in all of them, or is named here with the
 * reason; CONTRIBUTING.md tells how to add one.
 */
import t from 'tap';
import { COLUMNS } from '../../../harness/simulator/kubernetes/http/tables/columns.ts';
import { BUILT_IN_RESOURCES } from '../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { DEFAULTERS } from '../../../harness/simulator/kubernetes/registry/defaults.ts';
import { apiVersionOf, keyOf } from '../../../harness/simulator/kubernetes/registry/resources.ts';
import { messageFor, messageOf } from '../../../harness/simulator/kubernetes/registry/schema/messages.ts';
import { KIND_VALIDATORS } from '../../../harness/simulator/kubernetes/registry/validation/kinds.ts';

const described = BUILT_IN_RESOURCES.filter(({ group, versions, kind }) =>
  versions.every(version => messageOf(messageFor(apiVersionOf(group, version), kind)) !== undefined),
).map(keyOf);

interface Table {
  readonly name: string;
  /** Resource keys. */
  readonly has: readonly string[];
  /** The simulated kinds that the table does not need, by the reason. */
  readonly except: Readonly<Record<string, readonly string[]>>;
}

const TABLES: readonly Table[] = [
  {
    name: 'schema/messages.ts',
    has: described,
    except: {},
  },
  {
    name: 'defaults.ts',
    has: Object.keys(DEFAULTERS),
    except: {
      'it has no defaults, or none that anybody in the simulator reads': [
        'clusterroles.rbac.authorization.k8s.io',
        'configmaps',
        'controllerrevisions.apps',
        'priorityclasses.scheduling.k8s.io',
        'roles.rbac.authorization.k8s.io',
        'runtimeclasses.node.k8s.io',
        'certificatesigningrequests.certificates.k8s.io',
        'csistoragecapacities.storage.k8s.io',
        'ipaddresses.networking.k8s.io',
        'serviceaccounts',
        'volumeattributesclasses.storage.k8s.io',
      ],
      'only components write it, complete': ['componentstatuses', 'events', 'events.events.k8s.io'],
    },
  },
  {
    name: 'validation/kinds.ts',
    has: Object.keys(KIND_VALIDATORS),
    except: {
      'only its metadata has rules': ['serviceaccounts'],
      'only components write it': ['componentstatuses'],
    },
  },
  {
    name: 'http/tables/columns.ts',
    has: Object.keys(COLUMNS),
    except: {},
  },
];

const known = BUILT_IN_RESOURCES.map(keyOf);
const simulated = BUILT_IN_RESOURCES.filter(type => !type.virtual && type.notSimulated === undefined).map(
  keyOf,
);

for (const { name, has, except } of TABLES) {
  t.test(name, async t => {
    const excepted = Object.values(except).flat();
    const missing = simulated.filter(key => !has.includes(key) && !excepted.includes(key));
    t.same(missing, [], 'every simulated kind is in the table, or named above with a reason');
    const stale = excepted.filter(key => has.includes(key) || !simulated.includes(key));
    t.same(stale, [], 'no exception is stale');
    const unknown = has.filter(key => !known.includes(key));
    t.same(unknown, [], 'the table names no kind that resources.ts lacks');
  });
}

t.test('resources.ts has each kind once', async t => {
  t.equal(new Set(known).size, known.length);
});

t.test('schema/messages.ts describes every message that a described kind leads to', async t => {
  const seen = new Set<string>();
  const missing: string[] = [];
  const visit = (message: string, path: string): void => {
    if (seen.has(message)) return;
    seen.add(message);
    for (const { name, type } of messageOf(message)?.values() ?? []) {
      // Letters and signs are the values; ExtraValue is a list of strings.
      if (/^([A-Za-z]|-|!|FieldsV1|ExtraValue)$/.test(type)) continue;
      if (messageOf(type)) visit(type, `${path}.${name}`);
      else missing.push(`${path}.${name}: ${type}`);
    }
  };
  for (const { group, versions, kind } of BUILT_IN_RESOURCES) {
    for (const version of versions) visit(messageFor(apiVersionOf(group, version), kind), kind);
  }
  t.ok(seen.size > 100, 'the walk has gone somewhere');
  t.same(missing, []);
});
