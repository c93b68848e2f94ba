import { readFileSync } from 'node:fs';
import { readPage } from '../harness/guide/page/read-page.ts';
import { viewOfTabs } from '../harness/guide/follow/views.ts';
import { follow } from '../harness/guide/follow/follow.ts';
import { readGuide } from '../harness/guide/read-guide.ts';
import { printList } from '../harness/plan/print/list.ts';
const [mode, edition, file, ...tabs] = process.argv.slice(2);
const page = readPage(file, readFileSync(file, 'utf8'));
const view = viewOfTabs([page], tabs);
try {
const { plan, topology, notes, cleanUp } = readGuide({files:[{file,text:readFileSync(file,'utf8')}],tabs,edition,isAsPrinted: mode==='printed'});
console.log(printList(plan)); console.log(JSON.stringify(topology.clusters.map(c=>[c.name,c.network,c.role,c.helloWorld,c.client]))); console.log(notes); console.log(cleanUp.map(s=>s.id+' '+s.title));
} catch (e) { console.log(e); }
