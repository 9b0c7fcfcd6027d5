/** "1 server", "3,000 servers"; `many` where an s does not make the plural. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
