import { readFileSync } from 'node:fs';
import { readGuide } from '../harness/guide/read-guide.ts';
import { planOf } from './plan/scenarios.ts';
for (const file of ['fixtures/guides/multicluster-1.8.md','/work/shared/guide/multicluster-install.md'])
for (const tab of ['multi-primary','multi-primary-multi-network','primary-remote','primary-remote-multi-network']) {
  const ours = await planOf(tab,'1.8');
  const { plan, topology, notes } = readGuide({files:[{file,text:readFileSync(file,'utf8')}],tabs:[tab],edition:'1.8',isAsPrinted:false});
  console.log('==', file, tab, notes, plan.steps.length, ours.steps.length, JSON.stringify(plan.steps.map(s=>s.id))===JSON.stringify(ours.steps.map(s=>s.id)));
  const w = c => [c.tool, c.cluster, [...c.args].sort().join(' '), c.stdin, JSON.stringify(c.output), c.awaits, c.timeoutMs, JSON.stringify(c.environment)].join('|');
  for (const s of ours.steps) {
    const g = plan.steps.find(x=>x.id===s.id);
    if (!g) { console.log('missing', s.id); continue; }
    if (JSON.stringify(g.files)!==JSON.stringify(s.files)) console.log('files', s.id, JSON.stringify(g.files), JSON.stringify(s.files));
    const a = s.commands.map(w), b = g.commands.map(w);
    if (a.join('\n')!==b.join('\n')) console.log('commands', s.id, '\n   ours '+a.join('\n        '), '\n   page '+b.join('\n        '));
    if (g.title!==s.title||g.cluster!==s.cluster||JSON.stringify(g.omission)!==JSON.stringify(s.omission)) console.log('title etc', s.id);
    if (g.deadlineMs!==s.deadlineMs) console.log('deadline', s.id, g.deadlineMs, s.deadlineMs);
  }
}
