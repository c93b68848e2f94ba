/** `kubectl scale`. Kubernetes: kubectl pkg/cmd/scale. */
import { ToolExit } from '../invocation.ts';
import { displayName, pathTo } from './resources.ts';
import { findObjects, readTargets, type Verb } from './verb.ts';

/** Sets `replicas` through the subresource `scale`, of one object after the other. */
export const scale: Verb = {
  flags: {
    replicas: { type: 'integer' },
    'current-replicas': { type: 'integer' },
    selector: { type: 'text', short: 'l' },
    all: { type: 'boolean' },
  },
  async run(call) {
    const { flags, client, invocation, signal } = call;
    const replicas = flags.integer('replicas');
    if (replicas === undefined) throw new ToolExit('error: required flag(s) "replicas" not set');
    if (replicas < 0)
      throw new ToolExit(
        `error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0`,
      );
    const selector = flags.text('selector');
    const found = await findObjects(
      call,
      await readTargets(call.mapper, call.args),
      selector === undefined ? {} : { labelSelector: selector },
    );
    if (found.length === 0) throw new ToolExit('error: no objects passed to scale');
    for (const { resource, object } of found) {
      const { name = '', namespace } = object.metadata;
      const path = { ...pathTo(resource, namespace, name), subresource: 'scale' };
      const expected = flags.integer('current-replicas');
      // Of a kind that can be scaled.
      const { replicas: now } = (object['spec'] ?? {}) as { replicas?: number };
      if (expected !== undefined && expected >= 0 && expected !== now) {
        throw new ToolExit(`error: Expected replicas to be ${expected}, was ${now ?? 1}`);
      }
      await client.patch(path, 'merge', { spec: { replicas } }, {}, signal);
      invocation.stdout(`${displayName(resource, name)} scaled\n`);
    }
    return 0;
  },
};
