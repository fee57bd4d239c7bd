import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { FileWatch, type FileChanges } from '../../src/files/file-watch.js';
import { until } from '../until.js';

interface Watched {
  readonly told: FileChanges[];
  readonly troubles: (string | undefined)[];
  readonly watch: FileWatch;
  readonly changedOnce: (file: string) => Promise<void>;
}

async function watched(t: Test, list: () => Promise<readonly string[]>, onChange?: () => void): Promise<Watched> {
  const told: FileChanges[] = [];
  const troubles: (string | undefined)[] = [];
  const watch = new FileWatch({
    list,
    interval: 5,
    onChange: (changes) => {
      told.push(changes);
      onChange?.();
    },
    onTrouble: (failure) => troubles.push(failure?.message),
  });
  await watch.remember();
  watch.start();
  t.teardown(() => {
    watch.close();
  });
  return {
    told,
    troubles,
    watch,
    changedOnce: (file) => until(`${file} is told`, () => told.some(({ changed }) => changed.includes(file))),
  };
}

t.test('a file that is written, renamed over, and removed is told of', async (t) => {
  const file = path.join(t.testdir({ a: '1' }), 'a');
  const { told, changedOnce } = await watched(t, () => Promise.resolve([file]));
  await writeFile(file, '2');
  await changedOnce(file);
  told.length = 0;
  await writeFile(`${file}~`, '3');
  await rename(`${file}~`, file);
  await changedOnce(file);
  told.length = 0;
  await rm(file);
  await until('the removal is told', () => told.length > 0);
  t.same(told, [{ changed: [], gone: [file] }]);
  told.length = 0;
  await writeFile(file, '4');
  await changedOnce(file);
});

t.test('what changes after it was remembered is told, however early', async (t) => {
  const file = path.join(t.testdir({ a: '1' }), 'a');
  const told: FileChanges[] = [];
  const watch = new FileWatch({
    list: () => Promise.resolve([file]),
    interval: 5,
    onChange: (changes) => void told.push(changes),
    onTrouble: () => undefined,
  });
  await watch.remember();
  await writeFile(file, '2');
  watch.start();
  await until('the change is told', () => told.length > 0);
  t.same(told, [{ changed: [file], gone: [] }]);
  watch.close();
});

t.test('the swap of a link far above the file is a change', async (t) => {
  const folder = t.testdir({ one: { a: 'same' }, two: { a: 'same' } });
  await symlink('one', path.join(folder, 'data'));
  const file = path.join(folder, 'data', 'a');
  const { told, changedOnce } = await watched(t, () => Promise.resolve([file]));
  await symlink('two', path.join(folder, 'data~'));
  await rename(path.join(folder, 'data~'), path.join(folder, 'data'));
  await changedOnce(file);
  t.equal(told.length, 1);
});

t.test('a file is told of only when it has stopped changing', async (t) => {
  const file = path.join(t.testdir({ a: '' }), 'a');
  let writing = true;
  let toldWhileWriting = false;
  let looks = 0;
  const { changedOnce } = await watched(
    t,
    async () => {
      // Between any two looks the file grows, as a file does that is being written.
      if (writing) await writeFile(file, 'x'.repeat(++looks));
      return [file];
    },
    () => {
      toldWhileWriting ||= writing;
    },
  );
  await until('it was looked at often', () => looks > 10);
  writing = false;
  await changedOnce(file);
  t.notOk(toldWhileWriting);
});

t.test('new files are found, and a listing that fails changes nothing', async (t) => {
  const folder = t.testdir({ a: '1' });
  const files = [path.join(folder, 'a')];
  let failure: string | undefined;
  let looks = 0;
  const { told, troubles, changedOnce } = await watched(t, () => {
    looks++;
    return failure === undefined ? Promise.resolve(files) : Promise.reject(new Error(failure));
  });
  await mkdir(path.join(folder, 'b'));
  files.push(path.join(folder, 'b', 'c'));
  await writeFile(path.join(folder, 'b', 'c'), '2');
  await changedOnce(path.join(folder, 'b', 'c'));
  told.length = 0;

  failure = 'the folder is gone';
  await until('the failure is told', () => troubles.length > 0);
  const before = looks;
  await until('it was looked at again', () => looks > before + 3);
  t.same(troubles, ['the folder is gone'], 'once');
  failure = undefined;
  await until('the end of it is told', () => troubles.length > 1);
  t.same(troubles, ['the folder is gone', undefined]);
  t.same(told, []);
});

t.test('whoever fails to take a change is told, and the watch goes on', async (t) => {
  const file = path.join(t.testdir({ a: '1' }), 'a');
  const { troubles, told } = await watched(
    t,
    () => Promise.resolve([file]),
    () => {
      throw new Error('cannot take it');
    },
  );
  await writeFile(file, '22');
  await until('the failure is told', () => troubles.length === 1);
  await writeFile(file, '333');
  await until('the next one too', () => troubles.length === 2);
  t.same(troubles, ['cannot take it', 'cannot take it']);
  t.equal(told.length, 2);
});

t.test('a closed watch looks no more', async (t) => {
  const file = path.join(t.testdir({ a: '1' }), 'a');
  const { watch, told } = await watched(t, () => Promise.resolve([file]));
  watch.close();
  await writeFile(file, '2');
  const other = await watched(t, () => Promise.resolve([file]));
  await writeFile(file, '33');
  await other.changedOnce(file);
  t.same(told, [], 'though another watch has seen two changes meanwhile');
});
