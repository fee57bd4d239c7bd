const DURATION = /^(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?(?:([0-9]{1,6})ms)?$/;

/**
 * The milliseconds of a duration such as `60s`, `1m30s` or `500ms`: hours, minutes, seconds and milliseconds in this order.
 * Undefined for any other text, and for a duration of nothing.
 */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  if (parts === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', milliseconds = '0'] = parts;
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
  return total > 0 ? total : undefined;
}
