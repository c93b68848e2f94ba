/** Operators as users write them make the objects that real charts make (test/peers/istio-charts.ts). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { renderInstall } from '../../../../harness/simulator/istio/install/render.ts';
import { ROOT } from '../../../support/cli.ts';
import { gistOf } from '../../../support/install-gist.ts';

const FOLDER = path.join(ROOT, 'test/simulator/istio/install/operators');
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const REAL = JSON.parse(textOf('real-charts.json')) as {
  readonly operators: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
const objectsOf = (name: string) =>
  renderInstall([textOf(name)], { version: '1.30.3' }).components.flatMap(({ objects }) => objects);

for (const [name, real] of Object.entries(REAL.operators))
  t.test(`R22 ${name}`, async t => {
    const ours = gistOf(objectsOf(name));
    t.strictSame(Object.keys(ours), Object.keys(real));
    for (const [object, gist] of Object.entries(real)) t.strictSame(ours[object], gist, object);
  });
