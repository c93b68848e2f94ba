import t from 'tap';
import { FAULTS } from '../../harness/faults/catalog.ts';
import { faultsOf } from '../../harness/faults/measure/requests.ts';
import { twoClusters } from '../support/topologies.ts';

const one = { topology: twoClusters(['network1', 'network1']), edition: '1.8' };
const two = { topology: twoClusters(['network1', 'network2']), edition: '1.8' };
const refused = (words: string, scene = two): string => {
  try {
    faultsOf([words], scene);
    return 'taken';
  } catch (error) {
    return error instanceof Error ? `${error.message} ${'hint' in error ? error.hint : ''}` : '';
  }
};

t.test('every fault has an id of its own, and says what it does', async t => {
  t.equal(new Set(FAULTS.map(({ id }) => id)).size, FAULTS.length);
  for (const { id, sentence, does, clears, real, stayMs } of FAULTS) {
    for (const text of [sentence, does, clears, real.shows])
      t.match(text, /^(istiod|[A-Z]).*\.$/, `${id}: ${text}`);
    t.ok(real.source !== '' && stayMs > 0, id);
  }
  t.ok(FAULTS.filter(({ outside }) => outside === undefined).length >= 12, 'so many for every mesh');
});

t.test('all are those that a mesh can have', async t => {
  t.same(
    faultsOf(['all'], two).map(({ fault }) => fault.id),
    FAULTS.map(({ id }) => id),
  );
  const ids = faultsOf(['all'], one).map(({ fault }) => fault.id);
  t.notOk(ids.includes('partition-networks') || ids.includes('gateway-away'), String(ids));
});

t.test('what cannot be done is refused, and what can be is told', async t => {
  t.equal(refused('drop-calls,cluster=cluster1'), 'taken');
  t.match(refused('drop-call'), /There is no fault "drop-call"\. Did you mean .*drop-calls.*Known: /);
  t.match(refused('partition-networks', one), /cannot have partition-networks: it has one network only/);
  t.match(refused('drop-calls,ms=5'), /takes no --ms.*--cluster, --from/);
  t.match(refused('drop-calls,cluster=west'), /no cluster "west".*Known: cluster1, cluster2/);
  t.match(refused('drop-calls,cluster=cluster1,from=cluster1'), /needs two clusters/);
  t.match(refused('delay-calls,ms=never'), /--ms never is not a number of milliseconds/);
  t.match(refused('delay-calls,ms'), /is no parameter=value/);
});
