"use client";

import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { ErrorState } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { Table } from "../kit/table/table.tsx";
import { SettingsPage } from "../settings/settings-frame.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { DisableDialog } from "./disable-dialog.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import type { HandOver, Person } from "./person.ts";
import { RoleDialog } from "./role-dialog.tsx";
import { usePeopleColumns } from "./use-people-columns.tsx";

type Open = { readonly dialog: "invite" } | { readonly dialog: "role" | "disable"; readonly person: Person } | { readonly dialog: "link"; readonly link: HandOver };

/** Everybody with an account, and what an admin may do with each. */
export function PeoplePage({ meId }: { readonly meId: string }) {
  const t = useTranslations("settings.people");
  const people = useQuery(useTRPC().people.list.queryOptions());
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const handOver = (link: HandOver) => setOpen({ dialog: "link", link });
  const columns = usePeopleColumns({
    meId,
    onLink: handOver,
    onChangeRole: (person) => setOpen({ dialog: "role", person }),
    onDisable: (person) => setOpen({ dialog: "disable", person }),
  });
  return (
    <SettingsPage
      wide
      lead={t("lead")}
      actions={
        <Button variant="primary" onClick={() => setOpen({ dialog: "invite" })}>
          <UserPlus aria-hidden />
          {t("invite")}
        </Button>
      }
    >
      {people.isError ? (
        <ErrorState title={t("loadFailed")} onRetry={() => void people.refetch()} retrying={people.isFetching} />
      ) : (
        <Panel flush>
          <Table
            label={t("table")}
            columns={columns}
            rows={people.data ?? []}
            rowKey={({ id }) => id}
            loadingRows={people.isPending ? 4 : 0}
          />
        </Panel>
      )}
      {open?.dialog === "invite" && <InviteDialog onClose={close} onInvited={handOver} />}
      {open?.dialog === "role" && <RoleDialog person={open.person} onClose={close} />}
      {open?.dialog === "disable" && <DisableDialog person={open.person} onClose={close} />}
      {open?.dialog === "link" && <LinkDialog link={open.link} onClose={close} />}
    </SettingsPage>
  );
}
