/**
 * The library of schemas, set up for this process. A run reads each schema a few times only. The code that
 * zod compiles for each would take longer than it saves.
 */
import { config } from 'zod';

config({ jitless: true });

export * from 'zod';
