/**
 * Keeps tap from asking Node to call it at the birth and the death of every promise (async-hook-domain): an
 * eighth of the time that a simulated world takes. It would learn by that to which test an error belongs that
 * nobody catches. Without it such an error ends the process, as it would outside of tests: the file fails
 * with the error's stack, and the tests that had not ended are named.
 */
import asyncHooks from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

const { createHook } = asyncHooks;
const idle = { enable: () => idle, disable: () => idle };

asyncHooks.createHook = hooks =>
  /[/\\]async-hook-domain[/\\]/.test(new Error().stack ?? '') ? idle : createHook(hooks);
syncBuiltinESMExports();
