/** What each test process starts with (.taprc): TypeScript is loaded as `loader-hooks.mjs` says. */
import { register } from 'node:module';

register('./loader-hooks.mjs', import.meta.url);
