import t from 'tap';
import { logLevel } from '../../src/commands/log-level.js';

t.test('the level that the environment asks for', (t) => {
  t.equal(logLevel(undefined), 'info');
  t.equal(logLevel(''), 'info');
  t.equal(logLevel('debug'), 'debug');
  t.throws(() => logLevel('loud'), /SALLYPORT_LOG_LEVEL is "loud": it may be debug, info, warn, error/);
  t.end();
});
