/** What is seen when something of edition current is left out or done wrong. */
import { holdTables } from './hold-tables.ts';

await holdTables('current');
