import t from 'tap';
import { apiWorld } from '../api-world.ts';

const PATH = '/api/v1/namespaces/sample/pods';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const expression = (key: string) => ({ key, operator: 'In', values: ['v'] });
const affinity = (...terms: (readonly string[])[]) => ({
  affinity: {
    nodeAffinity: {
      [REQUIRED]: { nodeSelectorTerms: terms.map(keys => ({ matchExpressions: keys.map(expression) })) },
    },
  },
});
const terms = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`;

t.test('a gated pod takes additions to where it may run', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const spec = {
    schedulingGates: [{ name: 'example.com/a' }],
    nodeSelector: { a: 'b' },
    containers: [{ name: 'c', image: 'x' }],
  };
  const created = await admin.request('POST', PATH, { body: { metadata: { name: 'p' }, spec } });
  t.match(created, {
    status: {
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ],
    },
  });
  const patch = (change: object) =>
    admin.request('PATCH', `${PATH}/p`, {
      body: { spec: change },
      contentType: 'application/merge-patch+json',
    });
  const refused = (change: object, message: string | RegExp) =>
    t.rejects(patch(change), { code: 422, message });
  t.match(await patch({ nodeSelector: { c: 'd' } }), { spec: { nodeSelector: { a: 'b', c: 'd' } } });
  const onlyAdditions =
    /spec\.nodeSelector: Invalid value: \{"a":"z","c":"d"\}: only additions to spec\.nodeSelector are allowed/;
  await refused({ nodeSelector: { a: 'z' } }, onlyAdditions);
  await refused({ nodeSelector: { a: null } }, /only additions to spec\.nodeSelector are allowed/);
  await patch(affinity(['k']));
  await patch(affinity(['k', 'l']));
  const shown = '{"MatchExpressions":[{"Key":"l","Operator":"In","Values":["v"]}],"MatchFields":null}';
  await refused(
    affinity(['l']),
    `Pod "p" is invalid: ${terms}[0]: Invalid value: ${shown}: only additions are allowed (no mutations or deletions)`,
  );
  await refused(affinity(['k', 'l'], ['l']), /no additions\/deletions to non-empty NodeSelectorTerms list/);
  const preferred = [{ weight: 1, preference: { matchExpressions: [expression('k')] } }];
  await patch({
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
  });
  const podAffinity = { [REQUIRED]: [{ topologyKey: 'z', labelSelector: {} }] };
  await refused({ affinity: { podAffinity } }, /pod updates may not change fields other than/);
  await patch({ schedulingGates: null });
  await refused({ nodeSelector: { e: 'f' } }, /pod updates may not change fields other than/);
});
