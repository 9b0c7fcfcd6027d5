import { createWorld } from "./command-line.ts";
import { startMailServer } from "./mail.ts";
import { announceProduct } from "./product.ts";
import { startProduct } from "./start-product.ts";

/** Starts the product that all journeys share; the run fails when it does not end cleanly. */
export default async function setUp(): Promise<() => Promise<void>> {
  const mail = await startMailServer();
  const { product, stop } = await startProduct("product", {}, mail);
  const tearDown = async () => {
    await stop();
    await mail.stop();
  };
  try {
    announceProduct(product);
    // With an account there, sign-up goes through the mail in every journey.
    await createWorld("first");
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
