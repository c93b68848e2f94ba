/** What each test process starts with (.taprc): TypeScript is loaded as `loader-hooks.mjs` says. */
import { register } from 'node:module';
import './no-domains.mjs';
import './own-children.mjs';

register('./loader-hooks.mjs', import.meta.url);
