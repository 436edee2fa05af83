import type { en } from "../messages/en/index.ts";
import type { Locale as OurLocale } from "./locales.ts";

declare module "use-intl" {
  interface AppConfig {
    Locale: OurLocale;
    Messages: typeof en;
  }
}
