"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, CircleCheck, Ellipsis, KeyRound, UserCog } from "lucide-react";
import { useTranslations } from "use-intl";
import { IconButton } from "../kit/icon-button.tsx";
import { Menu } from "../kit/menu.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { HandOver, Person } from "./person.ts";

type Props = {
  readonly person: Person;
  readonly isMe: boolean;
  readonly onLink: (link: HandOver) => void;
  readonly onChangeRole: (person: Person) => void;
  readonly onDisable: (person: Person) => void;
};

/** What can be done with one person; what can not says why. */
export function PersonMenu({ person, isMe, onLink, onChangeRole, onDisable }: Props) {
  const t = useTranslations("settings.people");
  const words = useTranslations("settings");
  const api = useTRPC();
  const queries = useQueryClient();
  const name = visibleText(person.name, 60);
  const onError = (error: { readonly message: string }) => notify.failed(words("failed", { message: error.message }));
  const makeLink = useMutation(api.people.resetLink.mutationOptions({ onSuccess: (link) => onLink({ ...link, name }), onError }));
  const enable = useMutation(
    api.people.enable.mutationOptions({
      onSuccess: async () => {
        notify.done(t("enabled", { name }));
        await queries.invalidateQueries(api.people.list.queryFilter());
      },
      onError,
    }),
  );
  const isDisabled = person.disabledAt !== null;
  const whyNot = whyNotOn(person, isMe);
  const disabledReason = whyNot === null ? null : t(whyNot);
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} label={t("actions", { name })} size="sm" busy={makeLink.isPending || enable.isPending} />}
      items={[
        { label: t("changeRole"), icon: UserCog, disabledReason, onSelect: () => onChangeRole(person) },
        {
          label: t("makeLink"),
          icon: KeyRound,
          disabledReason: disabledReason ?? (isDisabled ? t("whyNotDisabled") : null),
          onSelect: () => makeLink.mutate({ id: person.id }),
        },
        { kind: "separator" },
        isDisabled
          ? { label: t("enable"), icon: CircleCheck, disabledReason, onSelect: () => enable.mutate({ id: person.id }) }
          : { label: t("disable"), icon: Ban, danger: true, disabledReason, onSelect: () => onDisable(person) },
      ]}
    />
  );
}

function whyNotOn({ role }: Person, isMe: boolean): "whyNotYou" | "whyNotOwner" | null {
  if (isMe) return "whyNotYou";
  return role === "owner" ? "whyNotOwner" : null;
}
