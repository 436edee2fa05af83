import { customType, timestamp } from "drizzle-orm/pg-core";

/** A moment. Precision 3: a JS Date has milliseconds, and a page cursor through a finer column loses rows. */
export const moment = (name: string) => timestamp(name, { precision: 3, withTimezone: true, mode: "date" });

/** Bytes as they came. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });
