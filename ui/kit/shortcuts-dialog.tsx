"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { Dialog } from "./dialog.tsx";
import { Kbd } from "./kbd.tsx";
import { type ShortcutGroup, useShortcutList, useShortcuts } from "./shortcuts.tsx";

/** Of one name the groups become one, and a key that two of them have is listed for the one that would run. */
function merged(groups: readonly ShortcutGroup[]): Map<string, Map<string, string>> {
  const taken = new Set<string>();
  const result = new Map<string, Map<string, string>>();
  for (const { group, shortcuts } of groups.toReversed()) {
    for (const { keys, label, enabled } of shortcuts) {
      if (enabled === false || taken.has(keys)) continue;
      taken.add(keys);
      const entries = result.get(group) ?? new Map<string, string>();
      result.set(group, entries.set(keys, label));
    }
  }
  return result;
}

/** Once in the shell: `?` lists every key that works right now. */
export function ShortcutsDialog() {
  const t = useTranslations("kit");
  const list = useShortcutList();
  const [shown, setShown] = useState<Map<string, Map<string, string>> | null>(null);
  useShortcuts(t("general"), [{ keys: "?", label: t("showShortcuts"), run: () => setShown(merged(list())) }]);
  return (
    <Dialog open={shown !== null} onOpenChange={() => setShown(null)} title={t("shortcuts")} width="md">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {[...(shown ?? [])].map(([group, entries]) => (
          <section key={group}>
            <h3 className="mb-1 text-sm font-medium text-muted">{group}</h3>
            <dl>
              {[...entries].map(([keys, label]) => (
                <div key={keys} className="flex min-h-7 items-center justify-between gap-3">
                  <dt>{label}</dt>
                  <dd className="flex text-muted">
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
