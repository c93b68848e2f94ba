import t from 'tap';
import { problemsOf } from '../../../../../harness/simulator/istio/istiod/model/resource-problems.ts';

const destination = { host: 'a' };
const http = [{ route: [{ destination }] }];
const retrying = (retries: object) => ({ hosts: ['a'], http: [{ route: [{ destination }], retries }] });
const WILDCARD = 'wildcard host * is not allowed for virtual services bound to the mesh gateway';
const ROWS: readonly [kind: string, spec: Readonly<Record<string, unknown>>, problems: readonly string[]][] =
  [
    ['VirtualService', { hosts: ['*'], http }, [WILDCARD]],
    ['VirtualService', { hosts: ['*'], gateways: ['a', 'mesh'], http }, [WILDCARD]],
    ['VirtualService', { hosts: ['*'], gateways: ['a'], http }, []],
    [
      'VirtualService',
      { hosts: ['a'], http: [{ route: [{ destination: { host: '*' } }] }] },
      ['invalid destination host *'],
    ],
    [
      'VirtualService',
      {
        hosts: ['a'],
        http: [
          {
            route: [
              { destination, weight: -1 },
              { destination, weight: 5 },
            ],
          },
        ],
      },
      ['weight -1 < 0'],
    ],
    ['VirtualService', retrying({ attempts: 0 }), []],
    ['VirtualService', retrying({ attempts: -1 }), ['attempts cannot be negative']],
    [
      'VirtualService',
      retrying({ attempts: 0, retryOn: '5xx' }),
      ['http retry policy configured when attempts are set to 0 (disabled)'],
    ],
    ['DestinationRule', { host: 'a', subsets: [{ name: 'v1' }, { name: 'v2' }] }, []],
    [
      'DestinationRule',
      { host: 'a', subsets: [{ name: 'v1' }, { name: 'v1' }] },
      ['duplicate subset names: v1'],
    ],
    ['DestinationRule', { host: 'a', subsets: [{ labels: { a: 'b' } }] }, ['subset name cannot be empty']],
    ['DestinationRule', { host: 'a', subsets: [{ name: 'v_1' }] }, ['subset name is invalid: v_1']],
    [
      'DestinationRule',
      { host: 'a', trafficPolicy: { outlierDetection: { maxEjectionPercent: 300 } } },
      ['percentage 300 is not in range 0..100'],
    ],
  ];
for (const [kind, spec, problems] of ROWS)
  t.test(`${kind} ${JSON.stringify(spec)}: ${problems.length > 0 ? problems : 'taken'}`, async t =>
    t.same(problemsOf(kind, spec), problems),
  );
