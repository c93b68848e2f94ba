/** What the charts have anyhow is taken, and told as soon as it is another (test/peers/chart-defaults.ts). */
import t from 'tap';
import charts from '../../../../harness/simulator/istio/install/chart-defaults.json' with { type: 'json' };
import { InstallError } from '../../../../harness/simulator/istio/install/install-error.ts';
import { notesOn } from '../../../../harness/simulator/istio/install/notes.ts';
import { writeAt } from '../../../../harness/simulator/istio/install/setting-path.ts';
import { readSettings } from '../../../../harness/simulator/istio/install/settings.ts';

/** A value of the same type. */
function another(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `other${value}`;
  return Array.isArray(value) ? [...value, 'other'] : { other: 'value' };
}

/** @returns what is told of a value, or undefined */
function told(path: string, value: unknown): string | undefined {
  const values = writeAt({}, path, value) as Record<string, unknown>; // an object stays one
  try {
    readSettings({ values });
    return notesOn({ values }).join('\n') || undefined;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    return error.message;
  }
}

for (const [edition, defaults] of Object.entries(charts.defaults))
  t.test(edition, async t => {
    const refused: string[] = [];
    const silent: string[] = [];
    const all = Object.entries(defaults);
    for (const [path, value] of all) {
      const said = told(path, value);
      if (said !== undefined && !/has no effect/.test(said)) refused.push(`${path}: ${said}`);
      if (told(path, another(value)) === undefined) silent.push(path);
    }
    t.same(refused, [], 'as the charts have it');
    t.same(silent, [], 'otherwise');
    t.ok(all.length > 50, `${all.length} defaults`);
  });
