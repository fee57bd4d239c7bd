/**
 * The namespace of the pods of every namespace that has no class of its own. Its lone surrogate is what no object of a cluster can
 * hold: the API server writes it as another character. Whoever could name it, in `exportTo` or `sourceNamespace`, could show these
 * pods what nobody sees and so hide a leak from the judgement.
 */
export const OTHER = '~\ud800';
