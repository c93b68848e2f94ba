/**
 * Records what a real istiod tells the proxies of the four scenarios. Not part of `npm run peers`: whoever
 * takes another release runs it by hand and looks at what the tests then say.
 */
import { SCENARIOS, writeRecording } from '../support/recording.ts';
import { findReal } from './real-programs.ts';
import { tellBoth } from './tell-both.ts';

const istiod = findReal('pilot-discovery');
if ('reason' in istiod) throw new Error(istiod.reason);
const day = new Date().toISOString().slice(0, 10);
const program = process.argv[2] ?? istiod.version;
for (const scenario of SCENARIOS) {
  const told = await tellBoth(scenario, istiod.path);
  const proxies = new Map([...told].map(([type, { node, real }]) => [type, { node, told: real }]));
  writeRecording(scenario, { program: `${program}, ${day}`, proxies });
  for (const [type, { told: types }] of proxies)
    console.log(
      scenario,
      type,
      Object.entries(types)
        .map(([name, list]) => `${name} ${list.length}`)
        .join(', '),
    );
}
process.exit(0);
