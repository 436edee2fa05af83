"use client";

import { Ban, CircleCheck, Mail } from "lucide-react";
import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import type { HandOver, Person } from "./person.ts";
import { PersonMenu } from "./person-menu.tsx";

type Given = {
  readonly meId: string;
  readonly onLink: (link: HandOver) => void;
  readonly onChangeRole: (person: Person) => void;
  readonly onDisable: (person: Person) => void;
};

export function usePeopleColumns({ meId, ...acts }: Given): readonly Column<Person>[] {
  const t = useTranslations("settings.people");
  const roles = useTranslations("shell.role");
  return [
    {
      id: "name",
      header: t("name"),
      cell: (person) => (
        <span className="flex min-w-0 items-baseline gap-2 max-sm:flex-wrap max-sm:gap-y-0">
          <bdi className="truncate font-medium">{person.name}</bdi>
          {person.id === meId && <span className="shrink-0 text-sm text-faint">{t("you")}</span>}
          <bdi className="truncate text-muted">{person.email}</bdi>
        </span>
      ),
    },
    { id: "role", header: t("role"), width: "w-24", cell: ({ role }) => roles(role) },
    { id: "state", header: t("state"), width: "w-32", from: "medium", cell: (person) => <PersonState person={person} /> },
    { id: "lastSignIn", header: t("lastSignIn"), width: "w-32", from: "medium", cell: ({ lastSignInAt }) => <Time iso={lastSignInAt} className="text-muted" /> },
    { id: "since", header: t("since"), width: "w-32", from: "wide", cell: ({ createdAt }) => <Time iso={createdAt} className="text-muted" /> },
    { id: "acts", header: <span className="sr-only">{t("actions", { name: "" })}</span>, width: "w-14", align: "end", cell: (person) => <PersonMenu person={person} isMe={person.id === meId} {...acts} /> },
  ];
}

function PersonState({ person: { disabledAt, hasPassword } }: { readonly person: Person }) {
  const t = useTranslations("settings.people");
  if (disabledAt !== null) return <Badge icon={Ban} className="align-middle">{t("disabled")}</Badge>;
  if (!hasPassword) return <Badge tone="blue" icon={Mail} className="align-middle">{t("invited")}</Badge>;
  return <Badge tone="green" look="bare" icon={CircleCheck} className="align-middle">{t("active")}</Badge>;
}
