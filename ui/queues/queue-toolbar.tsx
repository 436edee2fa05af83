"use client";

import { useQuery } from "@tanstack/react-query";
import { ListRestart } from "lucide-react";
import { useTranslations } from "use-intl";
import { useDiscover } from "../brokers/use-discover.ts";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button } from "../kit/button.tsx";
import { Toolbar } from "../kit/page.tsx";
import { SearchBox } from "../kit/search-box.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { useSearch } from "../kit/use-search.ts";
import { useTRPC } from "../trpc/client.tsx";
import { queueFilterFrom } from "./queue-filter.ts";

const EVERY = "every";

/** What narrows the list of queues; with one connection chosen, also its listing anew. */
export function QueueToolbar() {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const [search, setSearch] = useSearch();
  const filter = queueFilterFrom(search);
  const { data } = useQuery(trpc.connections.list.queryOptions());
  const chosen = data?.find((connection) => connection.id === filter.connection);
  return (
    <Toolbar label={t("filters")}>
      <SearchBox label={t("search")} value={filter.q ?? ""} onChange={(q) => setSearch({ q })} className="w-64 max-sm:w-full" />
      <Segmented
        label={t("kind")}
        value={filter.deadLetter === true ? "dlq" : "all"}
        onChange={(kind) => setSearch({ dlq: kind === "dlq" ? "1" : null })}
        options={[
          { value: "all", label: t("allQueues") },
          { value: "dlq", label: t("deadLetterQueues") },
        ]}
      />
      {data !== undefined && data.length > 1 && (
        <Select
          aria-label={t("connection")}
          value={filter.connection ?? EVERY}
          onChange={(connection) => setSearch({ connection: connection === EVERY ? null : connection })}
          options={[{ value: EVERY, label: t("everyConnection") }, ...data.map(({ id, name }) => ({ value: id, label: name }))]}
          className="max-w-56"
        />
      )}
      <span className="flex-1" />
      {chosen !== undefined && <ListAgain connection={chosen} />}
    </Toolbar>
  );
}

function ListAgain({ connection }: { connection: { readonly id: string; readonly name: string } }) {
  const t = useTranslations("queues");
  const discover = useDiscover(connection);
  return (
    <Button busy={discover.busy} disabledReason={useRefusal("operator")} onClick={discover.start}>
      <ListRestart aria-hidden />
      {t("listAgain", { name: connection.name })}
    </Button>
  );
}
