/** Definitions, policies, bindings and webhooks with expressions, refused as by a real kube-apiserver. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { apiWorld } from '../api-world.ts';
import { asker } from '../raw-request.ts';

interface Row {
  readonly path: string;
  readonly body: { readonly kind: string };
  readonly code: number;
  /** Empty if it was taken. */
  readonly message: string;
}

t.test('expressions in objects are refused with the words of a real API server', async t => {
  const file = new URL('../../../../fixtures/cel/requests-1.34.json', import.meta.url);
  const { requests }: { readonly requests: readonly Row[] } = JSON.parse(readFileSync(file, 'utf8'));
  await using world = await apiWorld();
  const ask = asker(world);
  for (const [index, { path, body, code, message }] of requests.entries()) {
    const answer = await ask({ method: 'POST', path, body });
    const name = `${body.kind} ${index}`;
    t.equal(answer.code, code, name);
    if (message !== '') t.equal(answer.message, message, name);
  }
});
