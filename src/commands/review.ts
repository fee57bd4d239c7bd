import { Command, Option } from 'commander';
import { ReviewError, type Operation } from '../admission/review.js';
import type { ManifestDocument } from '../files/manifest-file.js';
import { PathError, STANDARD_INPUT } from '../files/manifest-paths.js';
import { readManifests } from '../files/manifests.js';
import { COLOURED, PLAIN } from '../report/paint.js';
import { reviewJson } from '../report/review-json.js';
import { reviewText } from '../report/review-text.js';
import type { Reviewed } from '../report/reviewed.js';
import { addClusterFlags, askWorld, type WorldFlags } from './asked-world.js';
import { InputError } from './input-error.js';
import { isReview, ReviewSession } from './review-session.js';
import type { ExitCode, Terminal } from './terminal.js';

interface ReviewFlags extends WorldFlags {
  readonly world?: readonly string[];
  readonly operation?: 'create' | 'update' | 'delete';
  readonly dryRun?: boolean;
  readonly output: 'text' | 'json';
}

export function reviewCommand(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const command = new Command('review')
    .description('Tells what the server would answer about manifests, in their order, and changes nothing.')
    .argument('<file...>', 'files and folders with manifests or AdmissionReviews, or - for standard input')
    .addOption(
      new Option('--operation <operation>', 'what is done; update of what is there, else create, unless given').choices(
        ['create', 'update', 'delete'],
      ),
    )
    .addOption(new Option('--dry-run', 'answer as for a dry run: what is allowed is not there for the next one'))
    .addOption(new Option('-o, --output <format>', 'the form of the answers').choices(['text', 'json']).default('text'))
    .addOption(
      new Option('--world <path...>', 'files and folders with the objects of the mesh, or - for standard input'),
    );
  return addClusterFlags(command).action(async (files: readonly string[], flags: ReviewFlags) => {
    end(await review(files, flags, terminal));
  });
}

/** 1 for a denial; 2 where something could not be read, and the rest is answered. Throws where there is no world to answer by. */
async function review(files: readonly string[], flags: ReviewFlags, terminal: Terminal): Promise<ExitCode> {
  const { world: paths = [], operation, dryRun = false, output } = flags;
  if (paths.length === 0 && flags.cluster !== true) {
    throw new InputError(['say what the world is: --world with files and folders, or --cluster']);
  }
  if (paths.includes(STANDARD_INPUT) && files.includes(STANDARD_INPUT)) {
    throw new InputError(['standard input is either the world or what is reviewed, not both']);
  }
  const asked = await askWorld(paths, flags, terminal);
  const session = new ReviewSession({
    world: asked.world,
    policy: asked.policy,
    locate: (object, field) => asked.locate(object, field),
    dryRun,
    now: Date.now(),
    ...(operation === undefined ? {} : { operation: OPERATIONS[operation] }),
  });
  const { documents, problems } = await readAsked(files, terminal);
  const reviewed: Reviewed[] = [];
  if (documents.length === 0 && problems.length === 0) problems.push('there is nothing to review');
  for (const each of documents) {
    try {
      if (operation !== undefined && isReview(each.document)) {
        problems.push(`${placeOf(each)}: an AdmissionReview says its operation itself: leave out --operation`);
      } else reviewed.push(await session.review(each));
    } catch (error) {
      if (!(error instanceof ReviewError)) throw error;
      problems.push(`${placeOf(each)}: ${error.message}`);
    }
  }
  for (const problem of problems) terminal.complain(`sallyport: ${problem}\n`);
  const paint = terminal.colour === true ? COLOURED : PLAIN;
  terminal.print(
    output === 'json' ? `${JSON.stringify(reviewJson(reviewed), undefined, 2)}\n` : reviewText(reviewed, paint),
  );
  if (problems.length > 0) return 2;
  return reviewed.every(({ allowed }) => allowed) ? 0 : 1;
}

const OPERATIONS: Readonly<Record<NonNullable<ReviewFlags['operation']>, Operation>> = {
  create: 'CREATE',
  update: 'UPDATE',
  delete: 'DELETE',
};

interface Asked {
  readonly documents: readonly ManifestDocument[];
  /** What cannot be read, a line each. */
  readonly problems: string[];
}

/** Everything that can be read of the files, in their order. */
async function readAsked(files: readonly string[], terminal: Terminal): Promise<Asked> {
  const documents: ManifestDocument[] = [];
  const problems: string[] = [];
  for (const file of files) {
    try {
      const read = await readManifests([file], terminal.input);
      documents.push(...read.documents);
      problems.push(...read.faults.map((fault) => `${fault.file}:${fault.line}: ${fault.problem}`));
      for (const left of read.skipped) {
        terminal.complain(`sallyport: ${left.file}:${left.line}: left out: ${left.reason}\n`);
      }
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      problems.push(error.message);
    }
  }
  return { documents, problems };
}

function placeOf({ origin: { file, line } }: ManifestDocument): string {
  return `${file}:${line}`;
}
