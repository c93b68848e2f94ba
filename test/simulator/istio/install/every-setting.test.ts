/** Every setting that Istio has is taken or told as not simulated by `istioctl install`, and never unknown. */
import t from 'tap';
import { withoutDefaults } from '../../../../harness/simulator/istio/install/chart-defaults.ts';
import { notesOn } from '../../../../harness/simulator/istio/install/notes.ts';
import { isTree } from '../../../../harness/simulator/istio/install/setting-path.ts';
import { readSettings } from '../../../../harness/simulator/istio/install/settings.ts';
import { entriesOf } from '../../../support/registry-entries.ts';
import { documentOf } from '../registry/written.ts';

/** The document → where it stands in an IstioOperator's spec. */
const WHERE: Readonly<Record<string, (document: unknown) => Record<string, unknown>>> = {
  IstioOperator: document => document as Record<string, unknown>, // an object, as its type is one
  values: values => ({ values }),
  MeshConfig: meshConfig => ({ meshConfig }),
};

/** What holds a document that has a turn of its own. */
const OWN_DOCUMENTS: ReadonlySet<string> = new Set(['meshConfig', 'values', 'unvalidatedValues']);

/** Tells whether a message says that a field, or what it stands in, is not simulated; not only what is in it. */
const refuses = (message: string, path: readonly string[]): boolean =>
  [...message.matchAll(/not simulated by mesh-harness: (\S+)/g)].some(([, said = '']) =>
    `${path.join('.')}.`.startsWith(`${said.replace(/\.(?:\d+|key)\b/g, '')}.`),
  );

for (const edition of ['1.8', 'current'] as const)
  for (const [root, specOf] of Object.entries(WHERE))
    t.test(`${edition}: ${root}`, async t => {
      const unknown: string[] = [];
      const wrong: string[] = [];
      let told = 0;
      const entries = entriesOf(edition, [root]).filter(
        ({ root: own, path }) => own === root && !OWN_DOCUMENTS.has(path.join('.')),
      );
      for (const entry of entries) {
        const spec = specOf(documentOf(edition, entry));
        const { values } = spec;
        // What the charts have anyhow is taken.
        if (isTree(values) && Object.keys(withoutDefaults(values)).length === 0) continue;
        const { kind } = entry.verdict;
        const isNoted = notesOn(spec).length > 0;
        let isRefused = false;
        try {
          readSettings(spec);
          if (isNoted) told++;
        } catch (error) {
          const message = String(error);
          isRefused = refuses(message, root === 'values' ? ['values', ...entry.path] : entry.path);
          if (message.includes('not simulated by mesh-harness')) told++;
          if (/unknown field/.test(message)) unknown.push(`${entry.path.join('.')}: ${message}`);
        }
        const isTold = isRefused || isNoted;
        if (kind === 'not simulated' ? !isTold : isRefused || (isNoted && kind === 'executed'))
          wrong.push(`${entry.path.join('.')}: ${kind}`);
      }
      t.same(unknown, []);
      if (root !== 'MeshConfig') t.same(wrong, [], 'as the registry has it');
      t.ok(entries.length > 100 && told > 0, `${entries.length} settings, ${told} of them told`);
    });
