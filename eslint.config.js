import path from 'node:path';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/**
 * The table of the house: which folder of `src` may import from which. A folder that is not listed here is refused,
 * so that a new room cannot be opened without deciding who may enter it.
 */
const PURE = { mesh: [], routing: ['mesh'], policy: ['routing', 'mesh'], injection: ['routing', 'mesh'] };
const CORE = { ...PURE, admission: ['policy', 'injection', 'routing', 'mesh'] };
const core = Object.keys(CORE);
const OUTSIDE = {
  telemetry: core,
  server: [...core, 'telemetry'],
  cluster: [...core, 'telemetry'],
  certificates: [...core, 'telemetry'],
  files: [...core, 'telemetry'],
  report: [...core, 'telemetry'],
};
const rooms = { ...CORE, ...OUTSIDE, commands: [...core, ...Object.keys(OUTSIDE)] };

const zones = Object.entries(rooms).map(([room, doors]) => ({
  target: `./src/${room}`,
  from: './src',
  except: [room, ...doors].map((name) => `./${name}`),
  message: `src/${room} may import from ${doors.length > 0 ? doors.join(', ') : 'no other room'}: imports point inward only.`,
}));

/** What a pure room may not touch: it gets time, randomness and input as arguments. */
const PURE_GLOBALS = [
  'process',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'Buffer',
  'globalThis',
  'global',
];

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'node_modules/', '.tap/', 'charts/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  prettier,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: path.join(import.meta.dirname, 'tsconfig.json') }),
      ],
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'No barrels: name what is exported where it is defined.' },
      ],
    },
  },
  {
    files: Object.keys(CORE).map((room) => `src/${room}/**/*.ts`),
    rules: {
      'no-restricted-globals': [
        'error',
        ...PURE_GLOBALS.map((name) => ({ name, message: 'A pure room takes this as an argument.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'A pure room takes the time as an argument.' },
        { object: 'Math', property: 'random', message: 'A pure room takes randomness as an argument.' },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\.{1,2}/)', message: 'A pure room imports no package and no node module.' }] },
      ],
    },
  },
  {
    // A cast is allowed where unknown input becomes a type, and nowhere else.
    files: ['src/**/*.ts'],
    ignores: ['src/mesh/parse/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
