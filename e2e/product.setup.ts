import { announceProduct } from "./product.ts";
import { startProduct } from "./start-product.ts";

/** Starts the product that all journeys share; the run fails when it does not end cleanly. */
export default async function setUp(): Promise<() => Promise<void>> {
  const { product, stop } = await startProduct("product");
  announceProduct(product);
  return stop;
}
