/**
 * The page `/logging`: levels that are kept, and change nothing
 * (envoyproxy/envoy source/server/admin/logs_handler.cc).
 */
import type { ServiceAnswer } from './http-service.ts';

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];

/** Those of Envoy's loggers that speak of what is simulated here, in its order. */
const LOGGERS = [
  ...['admin', 'client', 'config', 'conn_handler', 'connection', 'filter', 'grpc', 'http', 'init', 'jwt'],
  ...['main', 'misc', 'pool', 'rbac', 'router', 'runtime', 'secret', 'stats', 'tracing', 'upstream', 'wasm'],
];

/** The levels of one proxy. */
export class LogLevels {
  /** As pilot-agent starts it: `--log-level warning --component-log-level misc:error`. */
  readonly #levels = new Map(LOGGERS.map(name => [name, name === 'misc' ? 'error' : 'warning']));

  /** Changes what the query names, and lists all. */
  answer(query: URLSearchParams): ServiceAnswer {
    const error = this.#change(query);
    const lines = [...this.#levels].map(([name, level]) => `  ${name}: ${level}\n`);
    const list = `active loggers:\n${lines.join('')}\n`;
    return error === undefined ? { status: 200, body: list } : { status: 400, body: refusal(error) + list };
  }

  /** @returns what is wrong with the query; nothing is changed then */
  #change(query: URLSearchParams): string | undefined {
    const [[name, value] = [], another] = [...query];
    if (name === undefined || value === undefined) return undefined;
    if (another) return 'invalid number of parameters';
    const wanted: (readonly [string, string])[] =
      name === 'paths'
        ? value.split(',').map(pair => [pair.split(':')[0] ?? '', pair.split(':')[1] ?? ''] as const)
        : (name === 'level' ? [...this.#levels.keys()] : [name]).map(logger => [logger, value] as const);
    for (const [logger, level] of wanted) {
      if (!LEVELS.includes(level)) return 'unknown logger level';
      if (!this.#levels.has(logger)) return 'unknown logger name';
    }
    for (const [logger, level] of wanted) this.#levels.set(logger, level);
    return undefined;
  }
}

const refusal = (error: string): string => `error: ${error}

usage: /logging?<name>=<level> (change single level)
usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)
usage: /logging?level=<level> (change all levels)
levels: ${LEVELS.join(' ')} 
`;
