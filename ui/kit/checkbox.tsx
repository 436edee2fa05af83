"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as Radix, Switch as RadixSwitch } from "radix-ui";
import { type MouseEvent, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

type BoxProps = {
  checked: boolean | "indeterminate";
  onCheckedChange?: (checked: boolean) => void;
  onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
  id?: string;
  tabIndex?: number;
  className?: string;
};

/** A bare box; needs an `aria-label` or a label around it. */
export function Checkbox({ className, onCheckedChange, ...rest }: BoxProps) {
  return (
    <Radix.Root
      {...rest}
      {...(onCheckedChange ? { onCheckedChange: (checked) => onCheckedChange(checked === true) } : {})}
      className={cx(
        "grid size-3.5 shrink-0 place-items-center rounded-[3px] border border-faint bg-surface data-[state=checked]:border-transparent data-[state=checked]:bg-accent data-[state=indeterminate]:border-transparent data-[state=indeterminate]:bg-accent",
        className,
      )}
    >
      <Radix.Indicator className="text-accent-ink">
        {rest.checked === "indeterminate" ? (
          <Minus aria-hidden className="size-3" strokeWidth={3} />
        ) : (
          <Check aria-hidden className="size-3" strokeWidth={3} />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
}

type LabelledProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  help?: ReactNode;
};

/** A box with its words, for forms. */
export function CheckboxField({ checked, onCheckedChange, label, help }: LabelledProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <Checkbox
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        aria-describedby={help ? `${id}-help` : undefined}
        className="mt-0.75"
      />
      <Words id={id} label={label} help={help} />
    </div>
  );
}

/** On or off, at once, with its words. */
export function Switch({ checked, onCheckedChange, label, help }: LabelledProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        aria-describedby={help ? `${id}-help` : undefined}
        className="mt-0.5 h-4 w-7 shrink-0 rounded-full border border-transparent bg-grey-solid p-px data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-3 rounded-full bg-on-solid transition-transform data-[state=checked]:translate-x-3 dark:data-[state=checked]:bg-accent-ink" />
      </RadixSwitch.Root>
      <Words id={id} label={label} help={help} />
    </div>
  );
}

function Words({ id, label, help }: { id: string; label: ReactNode; help: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {help && (
        <p id={`${id}-help`} className="text-sm text-muted">
          {help}
        </p>
      )}
    </div>
  );
}
