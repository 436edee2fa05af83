"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { useTranslations } from "use-intl";
import { manifests } from "#core/brokers/index.ts";
import { useCommand } from "../brokers/use-command.ts";
import { Button, ButtonLink } from "../kit/button.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Panel } from "../kit/page.tsx";
import { TextField } from "../kit/text-field.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { ConnectionFields, useComplaintWords } from "./connection-fields.tsx";
import { complaints, isMoved, secretsToSend, type Draft, type Values } from "./connection-values.ts";
import { ProbeResult } from "./probe-result.tsx";

type Props = {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** Null for a new connection. */
  saved: { readonly id: string; readonly name: string; readonly settings: Values } | null;
};

/** Name, settings and secrets of a connection; its login can be tested before anything is saved. */
export function ConnectionForm({ draft, onChange, saved }: Props) {
  const t = useTranslations("brokers");
  const words = useComplaintWords();
  const router = useRouter();
  const queries = useQueryClient();
  const trpc = useTRPC();
  const [tried, setTried] = useState(false);
  const probe = useCommand();
  const asked = useMutation(trpc.connections.probe.mutationOptions({ onSuccess: ({ commandId }) => probe.follow(commandId) }));
  const leave = async (to: string, done: string) => {
    await queries.invalidateQueries();
    notify.done(done);
    router.push(to);
  };
  const create = useMutation(
    trpc.connections.create.mutationOptions({ onSuccess: ({ id }) => leave(`/queues?connection=${id}`, t("form.added", { name: draft.name })) }),
  );
  const update = useMutation(
    trpc.connections.update.mutationOptions({ onSuccess: () => leave("/settings/connections", t("form.changed", { name: draft.name })) }),
  );

  const stored = saved?.settings ?? null;
  const wrong = complaints(draft, stored);
  const refusal = refusalOf(create.error ?? update.error ?? asked.error);
  const errors = new Map(tried ? [...wrong].map(([field, complaint]) => [field, words(complaint)]) : []);
  if (refusal?.field != null && !errors.has(refusal.field)) errors.set(refusal.field, refusal.message);

  const change = (next: Draft) => {
    probe.follow(null);
    for (const each of [create, update, asked]) each.reset();
    onChange(next);
  };
  const values = { settings: draft.settings, secrets: secretsToSend(draft, stored) };
  const test = () => {
    setTried(true);
    if ([...wrong.keys()].every((field) => field === "name"))
      asked.mutate({ kind: draft.kind, ...values, ...(saved === null ? {} : { id: saved.id }) });
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0) return;
    if (saved === null) create.mutate({ name: draft.name, kind: draft.kind, settings: values.settings, secrets: values.secrets ?? {} });
    else update.mutate({ id: saved.id, name: draft.name, ...values });
  };
  const shown = refusal !== null && (refusal.field === null || !isDrawn(refusal.field, draft));
  return (
    <form onSubmit={save} noValidate>
      <Panel title={manifests[draft.kind].label}>
        <div className="grid gap-4">
          <TextField
            label={t("form.name")}
            help={t("form.nameHelp")}
            required
            autoComplete="off"
            value={draft.name}
            error={errors.get("name")}
            onChange={(event) => change({ ...draft, name: event.target.value })}
          />
          <ConnectionFields draft={draft} onChange={change} errors={errors} stored={saved !== null} moved={stored !== null && isMoved(draft, stored)} />
          {shown && <ErrorLine>{refusal.message}</ErrorLine>}
          <ProbeResult probe={probe} />
          <div className="flex flex-wrap items-center gap-2 border-t pt-3">
            <Button onClick={test} busy={asked.isPending || (probe.open && !probe.unheard)}>
              {t("probe.test")}
            </Button>
            <span className="flex-1" />
            <ButtonLink href="/settings/connections" variant="ghost">
              {t("form.cancel")}
            </ButtonLink>
            <Button type="submit" variant="primary" busy={create.isPending || update.isPending}>
              {saved === null ? t("form.add", { name: draft.name.trim() || manifests[draft.kind].label }) : t("form.save", { name: saved.name })}
            </Button>
          </div>
        </div>
      </Panel>
    </form>
  );
}

/** Whether a field of this name is on the form, so that its error is seen there. */
function isDrawn(field: string, { kind }: Draft): boolean {
  const { form } = manifests[kind];
  const drawn = ["name", ...form.settings.map(({ name }) => `settings.${name}`), ...form.secrets.map(({ name }) => `secrets.${name}`)];
  return drawn.includes(field);
}
