/** What every test of the page needs: the built page, served, and a browser. */

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { SERVED } from "../build/policy.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
/** What wasm-bindgen made, as it is: under `/pkg/`. */
const PACKAGE = fileURLToPath(new URL("../../posture-wasm/pkg", import.meta.url));
export const CLUSTERS = fileURLToPath(new URL("../../examples/clusters", import.meta.url));
export const SINGLE = pathToFileURL(join(DIST, "posture.html")).href;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

export interface Stage {
  browser: Browser;
  address: string;
  close: () => Promise<void>;
}

export async function stage(): Promise<Stage> {
  const server = createServer(async (asked, answer) => {
    const path = new URL(asked.url ?? "/", "http://page").pathname;
    if (path === "/blank") {
      answer.writeHead(200, { "content-type": "text/html" }).end();
      return;
    }
    const isPackage = path.startsWith("/pkg/");
    const name = path === "/" ? "index.html" : normalize(path.replace("/pkg/", "/"));
    try {
      const content = await readFile(join(isPackage ? PACKAGE : DIST, name));
      answer.writeHead(200, {
        "content-type": TYPES[extname(name)] ?? "text/plain",
        // as the README says, so that the worker has the policy, too
        ...(isPackage ? {} : { "content-security-policy": SERVED }),
      });
      answer.end(content);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const { port } = server.address() as AddressInfo;
  return {
    browser,
    address: `http://127.0.0.1:${port}/`,
    close: async () => {
      await browser.close();
      await stop(server);
    },
  };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Fails on what the page itself complains of. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") found.push(message.text());
  });
  return found;
}

export async function loadExample(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: "Load the example" }).click();
  await page.locator("#score").waitFor();
}
