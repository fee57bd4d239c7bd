import { contains, parseBlock, type Block } from '../mesh/address.js';
import type { MeshConfig } from '../mesh/kinds/mesh-config.js';

/** Those of some address blocks that hold addresses outside the mesh, as written; what is no block may be anything. */
export function outsideBlocks({ internalCIDRs }: MeshConfig, blocks: readonly string[]): readonly string[] {
  const internal = internalCIDRs.map(parseBlock).filter((block) => block !== undefined);
  return blocks.filter((text) => {
    const block = parseBlock(text);
    return block === undefined || !internal.some((around) => isWithin(block, around));
  });
}

function isWithin(block: Block, around: Block): boolean {
  return around.length <= block.length && contains(around, block.network);
}
