/** Every setting that Istio has is taken or told as not simulated by `istioctl install`, and never unknown. */
import t from 'tap';
import { notesOn } from '../../../../harness/simulator/istio/install/notes.ts';
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

for (const edition of ['1.8', 'current'] as const)
  for (const [root, specOf] of Object.entries(WHERE))
    t.test(`${edition}: ${root}`, async t => {
      const unknown: string[] = [];
      let told = 0;
      const entries = entriesOf(edition, [root]).filter(
        ({ root: own, path }) => own === root && !OWN_DOCUMENTS.has(path.join('.')),
      );
      for (const entry of entries) {
        const spec = specOf(documentOf(edition, entry));
        try {
          readSettings(spec);
          if (notesOn(spec).length > 0) told++;
        } catch (error) {
          const message = String(error);
          if (message.includes('not simulated by mesh-harness')) told++;
          if (/unknown field/.test(message)) unknown.push(`${entry.path.join('.')}: ${message}`);
        }
      }
      t.same(unknown, []);
      t.ok(entries.length > 100 && told > 0, `${entries.length} settings, ${told} of them told`);
    });
