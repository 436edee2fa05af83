import { z } from "zod";
import { ROLES } from "./roles.ts";

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
/** How long a one-time link to set a password is good for. */
export const LINK_HOURS = 72;

/** Trimmed and lower case: one address is one person. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
export const personName = z.string().trim().min(1).max(80);
export const password = z.string().min(PASSWORD_MIN).max(PASSWORD_MAX);

/** Roles that can be given; there is one owner, made at setup. */
export const GRANTABLE = ROLES.filter((role) => role !== "owner");
export const grantableRole = z.enum(["viewer", "operator", "admin"]);
export type GrantableRole = z.infer<typeof grantableRole>;

export const invitation = z.strictObject({ email, name: personName, role: grantableRole });
export type Invitation = z.infer<typeof invitation>;

export const newOwner = z.strictObject({ email, name: personName, password });
export type NewOwner = z.infer<typeof newOwner>;
