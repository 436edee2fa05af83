import "./globals.css";
import type { Metadata } from "next";
import localFont from "next/font/local";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { getIntl } from "#ui/i18n/server.ts";
import { PREFERENCES_COOKIE, preferencesFrom } from "#ui/kit/preferences-cookie.ts";
import { Providers } from "#ui/shell/providers.tsx";

const inter = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-inter",
});

export const metadata: Metadata = { title: { default: "Redrive", template: "%s · Redrive" }, robots: "noindex" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [intl, jar, head] = await Promise.all([getIntl(), cookies(), headers()]);
  const preferences = preferencesFrom(jar.get(PREFERENCES_COOKIE)?.value);
  return (
    // next-themes sets the class before hydration.
    <html
      lang={intl.locale}
      className={inter.variable}
      data-density={preferences["density"] === "comfortable" ? "comfortable" : "dense"}
      suppressHydrationWarning
    >
      <body className="font-sans">
        <Providers {...intl} nonce={head.get("x-nonce") ?? undefined} preferences={preferences}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
