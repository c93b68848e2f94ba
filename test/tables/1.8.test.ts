/** What is seen when something of edition 1.8 is left out or done wrong. */
import { holdTables } from './hold-tables.ts';

await holdTables('1.8');
