/**
 * Requests and what a real kube-apiserver 1.34.3 answered to them (November 2026): code, sentence, warnings,
 * and the object where it is part of the fact. The rows of a file belong together, in their order.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test as Tap } from 'tap';
import { KubernetesApiError } from '../../../harness/base/kubernetes-client.ts';
import { ROOT } from '../../support/cli.ts';
import { apiWorld } from './api-world.ts';
import { type Answer, type Ask, asker } from './raw-request.ts';

interface Fact {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The media type of the body; JSON if it is absent. */
  readonly type?: string;
  readonly body?: unknown;
  readonly code: number;
  readonly message?: string;
  readonly warnings?: readonly string[];
  readonly answer?: unknown;
}

const FOLDER = path.join(ROOT, 'test/simulator/kubernetes/facts');
const OF_EACH_SERVER = ['uid', 'resourceVersion', 'creationTimestamp', 'time', 'renewTime'];

/** Blots out what differs between two servers: ids, versions, times, addresses and ports. */
function plain(value: unknown, managed: boolean): unknown {
  if (Array.isArray(value)) return value.map(entry => plain(entry, managed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, entry]): [string, unknown][] => {
    if (OF_EACH_SERVER.includes(key)) return [[key, entry === null ? null : 'X']];
    if (key === 'managedFields' && !managed) return [];
    if (/^clusterIPs?$/.test(key) && JSON.stringify(entry).includes('10.1')) return [[key, 'IP']];
    if (/^(nodePort|healthCheckNodePort)$/.test(key) && Number(entry) >= 30_000) return [[key, 'PORT']];
    return [[key, plain(entry, managed)]];
  });
  return Object.fromEntries(entries);
}

const isManaged = (fact: Fact): boolean => JSON.stringify(fact.answer ?? '').includes('"managedFields"');

function compare(test: Tap, fact: Fact, answer: Answer): void {
  const found = { code: answer.code, ...(fact.code >= 400 && { message: answer.message }) };
  test.same(found, { code: fact.code, ...(fact.code >= 400 && { message: fact.message }) }, fact.name);
  test.same(answer.warnings, fact.warnings ?? [], `${fact.name}: warnings`);
  if (fact.answer === undefined || answer.code >= 400) return;
  test.same(plain(answer.body, isManaged(fact)), fact.answer, `${fact.name}: the object`);
}

async function replay(test: Tap, facts: readonly Fact[], ask: Ask): Promise<void> {
  for (const fact of facts) {
    const request = JSON.parse(JSON.stringify(fact).replaceAll('$NS', 'facts')) as Fact; // the same shape
    compare(test, request, await ask(request));
  }
}

for (const file of readdirSync(FOLDER)) {
  t.test(`${file}: the simulated server answers as the real one did`, async test => {
    await using world = await apiWorld();
    for (const name of ['facts', 'kube-system']) {
      try {
        await world.admin.create({ apiVersion: 'v1', plural: 'namespaces' }, { metadata: { name } });
      } catch (error) {
        if (!(error instanceof KubernetesApiError)) throw error;
      }
    }
    const account = { apiVersion: 'v1', plural: 'serviceaccounts', namespace: 'facts' };
    await world.admin.create(account, { metadata: { name: 'default' } });
    const facts: unknown = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
    await replay(test, facts as Fact[], asker(world)); // written by hand or by the comparison
  });
}
