import { goTo } from "#lib/web/go-to.ts";
import { currentUser } from "#lib/web/session.ts";

export default async function HomePage() {
  goTo((await currentUser()) ? "/orgs" : "/signin");
}
