/** What the validation webhook refuses of VirtualServices, in Istio's words. */
import t from 'tap';
import { reviewValidation } from '../../../../../harness/simulator/istio/istiod/injection/validation.ts';

const host = { host: 'a' };
const ROWS: readonly [http: object[], problem: string | undefined][] = [
  [[{ route: [{ destination: host }] }], undefined],
  [[{ route: [{ destination: host, weight: 0 }] }], undefined],
  [
    [
      {
        route: [
          { destination: host, weight: 0 },
          { destination: host, weight: 100 },
        ],
      },
    ],
    undefined,
  ],
  [[{ route: [{ destination: host }, { destination: host }] }], 'total destination weight = 0'],
  [[{ redirect: { uri: '/' } }], undefined],
  [[{ directResponse: { status: 200 } }], undefined],
  [[{ delegate: { name: 'b' } }], undefined],
  [[{ match: [{ uri: { exact: '/' } }] }], 'HTTP route, redirect or direct_response is required'],
  [
    [{ redirect: { uri: '/' }, route: [{ destination: host }] }],
    'HTTP route cannot contain both route and redirect',
  ],
  [
    [{ directResponse: { status: 200 }, fault: { abort: { httpStatus: 500 } } }],
    'HTTP route cannot contain both fault and direct_response',
  ],
];
for (const [http, problem] of ROWS)
  t.test(`${JSON.stringify(http)}: ${problem ?? 'taken'}`, async t => {
    const object = { metadata: { name: 'x' }, spec: { hosts: ['a'], http } };
    const review = { request: { uid: '1', kind: { kind: 'VirtualService' }, object } };
    const { response } = reviewValidation(review, () => ({ warnings: [] })) as {
      response: Record<string, unknown>;
    };
    t.equal(response['allowed'], problem === undefined);
    if (problem !== undefined)
      t.match(response['status'], { message: `configuration is invalid: ${problem}`, code: 400 });
  });
