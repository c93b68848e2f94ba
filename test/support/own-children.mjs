/**
 * Lets processes that tests start be what users start. tap (@tapjs/processinfo) puts a loader of its own into
 * the NODE_OPTIONS of every one of them, to know later which files a test has used: a third of a second of
 * each, and another program than the one that is tested.
 */
const spawning = globalThis[Symbol.for('process-on-spawn@*:singletonId')];
spawning?.unwrap();

const options = (process.env['NODE_OPTIONS'] ?? '')
  .split(/ (?=")| (?=--)/)
  .filter(word => !word.includes('@tapjs/processinfo'));
if (options.some(Boolean)) process.env['NODE_OPTIONS'] = options.join(' ');
else delete process.env['NODE_OPTIONS'];
