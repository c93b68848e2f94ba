/** What is seen when something of edition 1.8 is left out or done wrong. */
import '../omissions/1.8/words.ts';
import { holdTables } from './hold-tables.ts';

await holdTables('1.8');
