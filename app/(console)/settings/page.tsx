import { redirect } from "next/navigation";
import { requireActor } from "../../_trpc/session.ts";

export default async function Page() {
  await requireActor();
  redirect("/settings/account");
}
