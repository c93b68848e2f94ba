/** The codec of ours against node:http: the same bytes, the same outcome. */
import t from 'tap';
import { createRandom } from '../../../harness/base/random.ts';
import { receiveByNode, receiveByOurs, serveByNode, serveByOurs } from '../../support/http-codecs.ts';
import { randomRequests, randomResponse } from '../../support/http-messages.ts';
import { rounds } from '../../support/nightly.ts';

const shown = (pieces: readonly Buffer[]) => JSON.stringify(pieces.map(piece => piece.toString('latin1')));

t.test('servers accept, refuse and answer the same', { timeout: 120_000 }, async t => {
  const total = rounds(60_000, { daily: 1000 });
  let [refused, messages] = [0, 0];
  for (let round = 0; messages < total; round++) {
    const random = createRandom(`server ${round}`);
    const { pieces, messages: count } = randomRequests(random);
    messages += count;
    const wire = { pieces, ends: random.integer(2) === 0 };
    const answering = {
      hasLength: random.integer(2) === 0,
      isLate: random.integer(3) === 0,
      status: random.pick([200, 200, 200, 204, 503]),
      leavesRefusals: false,
    };
    const byNode = await serveByNode(wire, answering);
    const byOurs = await serveByOurs(wire, answering);
    if (byNode.errors.length > 0) refused++;
    if (JSON.stringify(byOurs) === JSON.stringify(byNode)) continue;
    t.same(
      byOurs,
      byNode,
      `round ${round} ${JSON.stringify({ ...answering, ends: wire.ends })}: ${shown(pieces)}`,
    );
    if (t.counts.fail > 3) break;
  }
  t.ok(refused > total / 20, `${refused} connections with an error in ${messages} messages`);
});

t.test('clients accept, refuse and keep the same', { timeout: 120_000 }, async t => {
  const total = rounds(60_000, { daily: 1000 });
  const outcomes = new Map<string, number>();
  for (let round = 0; round < total; round++) {
    const random = createRandom(`client ${round}`);
    const { pieces } = randomResponse(random);
    const wire = { pieces, ends: random.integer(2) === 0 };
    const method = random.pick(['GET', 'GET', 'POST', 'HEAD']);
    const byNode = await receiveByNode(wire, method);
    const byOurs = await receiveByOurs(wire, method);
    outcomes.set(byNode.outcome, (outcomes.get(byNode.outcome) ?? 0) + 1);
    if (JSON.stringify(byOurs) === JSON.stringify(byNode)) continue;
    t.same(byOurs, byNode, `round ${round} ${method} ${wire.ends}: ${shown(pieces)}`);
    if (t.counts.fail > 3) break;
  }
  t.ok(outcomes.size > 5, [...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', '));
});
