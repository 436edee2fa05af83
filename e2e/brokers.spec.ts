import { STAGES } from "./stages/index.ts";
import { BODY, correctAndResend, EDITED } from "./edit.ts";
import { expect, test } from "./fixtures.ts";
import { idOf, openList, rows } from "./screen.ts";


for (const { kind, told, actors } of STAGES)
  test(`${kind}: a message dies, is edited and resent byte for byte, and dies again on the same timeline`, async ({ page, sql, world }) => {
    const stage = world.stages[kind] ?? { missing: "it was left out by E2E_STAGES" };
    test.skip("missing" in stage, "missing" in stage ? stage.missing : "");
    if ("missing" in stage) return;
    await using actor = await actors(stage.address);
    const [source] = await sql<{ id: string }[]>`
      select s.id from sources s join connections c on c.id = s.connection_id where c.kind = ${kind} and s.managed_by = 'file'`;
    await openList(page, source?.id ?? "");
    await expect(rows(page)).toHaveCount(0);

    await actor.die(Buffer.from(BODY));
    await expect(rows(page)).toHaveCount(1, { timeout: 30_000 });
    await expect(rows(page)).toContainText(told.row);
    const id = await idOf(rows(page));

    await page.goto(`/messages/${id}`);
    const timeline = page.getByRole("list", { name: "Timeline" });
    await expect(timeline.getByText("Death 1", { exact: true })).toBeVisible();
    await expect(timeline.getByText(told.rule)).toBeVisible();
    await expect(timeline.getByText(told.failedIn, { exact: true })).toBeVisible();

    await correctAndResend(page, told.target);

    const resent = await actor.take();
    expect(resent.body.toString("utf8")).toBe(EDITED);
    if (told.stamped) expect(resent.headers).toMatchObject({ "redrive-id": id, "redrive-count": "1" });
    await expect(timeline.getByText("Resend 1: confirmed")).toBeVisible();

    await resent.dieAgain();
    await expect(timeline.getByText("Death 2: it died again after resend 1")).toBeVisible({ timeout: 30_000 });
    const [row] = await sql`
      select m.state, m.deaths, m.redrives, (select count(*)::int from messages where source_id = m.source_id) as all,
        (select bytes from bodies where id = (select body_id from deaths where message_id = m.id and number = 1)) as first
      from messages m where m.id = ${id}`;
    expect(row).toMatchObject({ state: "dead", deaths: 2, redrives: 1, all: 1 });
    expect(Buffer.from(row?.first as Uint8Array).equals(Buffer.from(BODY))).toBe(true);
  });
