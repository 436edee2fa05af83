import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { digits, oneIn, pick } from "./chance.ts";

/** What one producer sends: plain data, in which ids of 20 digits stay numbers when it is written as JSON. */
export type Goods = { readonly [key: string]: unknown };

const NAMES = [
  "Amara Okafor",
  "李雷",
  "Zoë Müller-Lüdenscheidt",
  "Наталья Иванова",
  "محمد الفاتح",
  "Nguyễn Thị Hương",
  "佐藤 花子",
  "Seán Ó Briain",
  "דנה לוי",
  "Søren Ærø",
  "María José Ñúñez",
  "प्रिया शर्मा",
  "O'Brien, \"Pat\"",
  "김민준",
] as const;
const CITIES = ["Lagos", "上海", "Köln", "Москва", "القاهرة", "Hà Nội", "大阪", "Baile Átha Cliath", "Bogotá", "मुंबई"] as const;
const ITEMS = [
  ["sku-1042", "Espresso cup, stoneware", 1290],
  ["sku-2210", "Wool blanket 140×200", 8900],
  ["sku-3117", "Desk lamp »Lumen«", 4599],
  ["sku-4008", "Garden hose 25 m", 3250],
  ["sku-5561", "Notebook A5, dotted", 790],
  ["sku-6990", "Noise-cancelling headphones", 19900],
] as const;
const CURRENCIES = ["EUR", "USD", "GBP", "NGN", "JPY", "CNY"] as const;

/** A JSON number of any length, which a JavaScript number could not hold. */
const longNumber = (count: number): unknown =>
  (JSON as typeof JSON & { rawJSON(text: string): unknown }).rawJSON(digits(count));

const customer = (): Goods => {
  const id = `cus_${randomBytes(5).toString("hex")}`;
  return { id, name: pick(NAMES), email: `${id}@example.com`, locale: pick(["en-GB", "zh-CN", "de-DE", "ar-EG", "ja-JP"]) };
};

/** An order of one to four lines. About one in eighty is poisoned. */
export function makeOrder(): Goods {
  const lines = Array.from({ length: randomInt(1, 5) }, () => {
    const [sku, title, price] = pick(ITEMS);
    return { sku, title, quantity: randomInt(1, 4), unitPrice: price };
  });
  const order = {
    orderId: longNumber(20),
    placedAt: new Date().toISOString(),
    customer: customer(),
    lines,
    total: lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0),
    currency: pick(CURRENCIES),
    shipTo: { city: pick(CITIES), postcode: digits(5) },
  };
  return oneIn(1 / 80) ? { ...order, note: poison() } : order;
}

/** A payment. About one in fifty asks for nothing or less, which its schema forbids. */
export function makePayment(): Goods {
  const amount = oneIn(1 / 50) ? pick([0, -1500]) : randomInt(300, 90_000);
  return {
    paymentId: `pay_${randomBytes(8).toString("hex")}`,
    orderId: longNumber(20),
    amount,
    currency: pick(CURRENCIES),
    card: { brand: pick(["visa", "mastercard", "unionpay"]), last4: digits(4), expires: `0${randomInt(1, 10)}/29` },
    customer: customer(),
    idempotencyKey: randomUUID(),
  };
}

/** An e-mail to a customer at example.com. About one in sixty has a broken text or template. */
export function makeEmail(): Goods {
  const to = customer();
  return {
    messageId: randomUUID(),
    template: oneIn(1 / 120) ? "order-confirmed-v3" : pick(["order-confirmed", "parcel-on-its-way", "invoice", "password-reset"]),
    to,
    subject: pick(["Your order is confirmed", "Ihre Bestellung", "您的订单已确认", "Ваш заказ принят", "تم تأكيد طلبك", "ご注文の確認"]),
    variables: { name: to["name"], orderId: longNumber(20), ...(oneIn(1 / 120) ? { note: poison() } : {}) },
  };
}

/** Text that has gone through the wrong encoding, text without end, or JSON hundreds of levels deep. */
function poison(): unknown {
  const kind = randomInt(3);
  if (kind === 0) return "GrÃ¼Ãe aus KÃ¶ln \ufffd\ufffd \u200f\u202e";
  if (kind === 1) return "all work and no play makes a dull parcel ".repeat(1_500);
  return Array.from({ length: 300 }).reduce<unknown>((inner) => ({ reply: inner }), "who wrote this?");
}
