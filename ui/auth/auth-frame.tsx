"use client";

import type { ReactNode } from "react";
import { AppearanceMenu } from "../shell/appearance-menu.tsx";
import { LanguageMenu } from "../shell/language-menu.tsx";
import { Wordmark } from "../shell/wordmark.tsx";

type Props = { readonly title: ReactNode; readonly lead: ReactNode; readonly foot?: ReactNode; readonly children: ReactNode };

/** A page in front of the console: who we are, one form, nothing else. */
export function AuthFrame({ title, lead, foot, children }: Props) {
  return (
    <div className="grid min-h-dvh grid-rows-[1fr_auto] bg-sunken">
      <main className="mx-auto grid w-full max-w-100 content-center gap-6 px-5 py-10">
        <div className="flex items-center gap-2 px-1">
          <Wordmark />
        </div>
        <section className="rounded border bg-surface px-5 pt-5 pb-6">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 mb-5 text-pretty text-muted">{lead}</p>
          {children}
        </section>
        {foot && <p className="px-1 text-pretty text-muted">{foot}</p>}
      </main>
      <footer className="flex justify-center gap-2 px-5 pb-6">
        <LanguageMenu />
        <AppearanceMenu />
      </footer>
    </div>
  );
}
