// Opens the fleet and the dashboard of a cluster as a person does, and prints the score that they show.
// node browse.mjs PLAYWRIGHT ADDRESS PASSWORD CLUSTER
const [playwright, address, password, cluster] = process.argv.slice(2);
const { chromium } = await import(playwright);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
try {
  const page = await browser.newPage({ httpCredentials: { username: "ann", password } });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(address);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: cluster }) });
  const fleet = await row.getByRole("cell").nth(1).innerText();
  await row.getByRole("link").click();
  await page.locator("#score").waitFor({ timeout: 60_000 });
  const shown = await page.locator("#score").getAttribute("value");
  console.log(JSON.stringify({ fleet, shown, complaints }));
} finally {
  await browser.close();
}
