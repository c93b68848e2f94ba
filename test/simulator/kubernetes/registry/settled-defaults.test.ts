/**
 * What is stored has its defaults, in the form in which they stay: a write of its status alone, which shares
 * the rest with the stored object, changes nothing of it.
 */
import fc from 'fast-check';
import t from 'tap';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { applyDefaults } from '../../../../harness/simulator/kubernetes/registry/defaults.ts';
import { isObject, type KubernetesObject } from '../../../../harness/simulator/kubernetes/registry/json.ts';
import { keyOf, storageApiVersion } from '../../../../harness/simulator/kubernetes/registry/resources.ts';
import { keepBuiltIn } from '../../../../harness/simulator/kubernetes/registry/schema/built-in.ts';
import { messageFor } from '../../../../harness/simulator/kubernetes/registry/schema/messages.ts';
import { asGoWrites } from '../../../../harness/simulator/kubernetes/registry/schema/zero-values.ts';
import { messageObject } from '../../../fuzz/inputs/api/messages.ts';

const ROUNDS = 60;

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const entry of Object.values(value)) freeze(entry);
}

for (const type of BUILT_IN_RESOURCES.filter(each => !each.virtual && each.storedAs === undefined)) {
  t.test(keyOf(type), async t => {
    const apiVersion = storageApiVersion(type);
    let seen = 0;
    fc.assert(
      fc.property(messageObject(messageFor(apiVersion, type.kind)), made => {
        const sent = JSON.parse(JSON.stringify(made ?? {})) as unknown;
        if (!isObject(sent)) return;
        if (!isObject(sent['metadata'])) sent['metadata'] = {};
        const object = { ...sent, apiVersion, kind: type.kind } as KubernetesObject; // has metadata now
        try {
          keepBuiltIn(apiVersion, type.kind, object);
        } catch {
          return; // refused
        }
        seen++;
        applyDefaults(type, asGoWrites(object, type, 36));
        const stored = structuredClone(object);
        freeze(object);
        applyDefaults(type, object);
        const again = asGoWrites(structuredClone(object), type, 36);
        if (JSON.stringify(again) !== JSON.stringify(stored))
          throw new Error(JSON.stringify([stored, again]));
      }),
      { numRuns: ROUNDS, seed: 1 },
    );
    t.ok(seen > 0, `${seen} objects`);
  });
}
