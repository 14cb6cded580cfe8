// A clerk and a resident at the counter in Chromium, for tests/terminal/browser.py: one life of a card, as JSON. Prints checks,
// numbered N; pictures go to the folder. Nothing of this needs a script.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../pages/', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const plan = JSON.parse(process.argv[2]);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const NAME = `${plan.resident}番窓口`;
const PINS = { signature: 'KITAEI26', authentication: '2468' };
const seen = new Set();

let failed = 0;
function check(ok, name, detail = '') {
  console.log(`${ok ? 'ok' : 'not ok'} N - ${plan.resident}: ${name}`);
  if (!ok) {
    failed++;
    console.log(String(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1)).replace(/^/gm, '# '));
  }
}

const overflow = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const press = (page, locator) => Promise.all([page.waitForNavigation(), locator.click()]);

// A page as it stands, wide and narrow, with larger letters, and examined; each kind of page once. It is loaded anew in a window
// in which the examiner may run, so that the walk itself goes on without.
async function look(browser, page, name) {
  if (seen.has(name)) return;
  seen.add(name);
  const context = await browser.newContext({ bypassCSP: true });
  await context.addCookies(await page.context().cookies());
  await context.route('**', async route => {
    const response = await route.fetch();
    const { refresh, ...headers } = response.headers(); // it stands still while it is looked at
    await route.fulfill({ response, headers });
  });
  const copy = await context.newPage();
  await copy.goto(page.url());
  for (const width of [1280, 320]) {
    await copy.setViewportSize({ width, height: 800 });
    await copy.screenshot({ path: `${plan.folder}/counter-${name}-${width}.png`, fullPage: true });
    check(await overflow(copy) <= 0, `${name}: no overflow at ${width}`, await overflow(copy));
  }
  await copy.evaluate(axe);
  const { violations } = await copy.evaluate(() => globalThis.axe.run());
  check(violations.length === 0, `${name}: axe finds nothing`, violations.map(one => [one.id, one.nodes.map(node => node.html)]));
  await copy.addStyleTag({ content: 'html { font-size: 200% }' });
  check(await overflow(copy) <= 0, `${name}: no overflow with letters twice as large`, await overflow(copy));
  await context.close();
}

// A page that shows itself anew may be about to when it is asked for.
const come = (page, url) => page.goto(url).catch(() => page.waitForTimeout(300).then(() => page.goto(url)));

async function logIn(browser, clerk) {
  await clerk.goto(`${plan.site}/staff/login?lang=ja`);
  await clerk.fill('[name=code]', plan.code);
  await press(clerk, clerk.locator('form:has([name=code]) button'));
}

// By the code on its screen.
async function pair(browser, clerk, screen) {
  await come(screen, plan.terminal);
  await come(clerk, `${plan.site}/staff/terminals?lang=ja`);
  const there = clerk.locator('form[action^="/staff/terminal/part"] button');
  if (await there.count()) await press(clerk, there.first());
  await screen.waitForSelector('.code', { timeout: 70000 });
  await look(browser, screen, 'screen-code');
  await clerk.fill('#code', await screen.textContent('.code'));
  await clerk.fill('#name', NAME);
  await press(clerk, clerk.locator('form[action^="/staff/terminal/pair"] button'));
  await look(browser, clerk, 'terminals');
  check((await clerk.textContent('table')).includes(NAME), 'the terminal is paired', await clerk.textContent('main'));
}

// The link whose address has no answer that is not wanted.
async function choice(page, answers) {
  for (const link of await page.locator('a.choice').all()) {
    const query = new URL(await link.getAttribute('href'), plan.site).searchParams;
    if ([...query].every(([name, word]) => !['who', 'represented', 'what', 'kind', 'pin', 'card', 'document-a', 'home', 'reply-form',
      'card-stopped', 'reissue'].includes(name) || answers[name] === word)) return link;
  }
  return null;
}

// From the search to the application.
async function open(browser, clerk, answers) {
  await come(clerk, `${plan.site}/staff/residents?lang=ja`);
  await clerk.fill('[name=q]', String(plan.resident));
  await press(clerk, clerk.locator('form[role=search] button, form:has([name=q]) button').first());
  await press(clerk, clerk.locator('main table a, main ul a').first());
  await press(clerk, clerk.locator('a[href^="/staff/intake"]').first());
  for (let link; (link = await choice(clerk, answers));) await press(clerk, link);
  await look(browser, clerk, `intake-${answers.what}`);
  const opening = clerk.locator('form[action^="/staff/open"] button');
  if (!await opening.count()) return false;
  await press(clerk, opening);
  return clerk.url().includes('/staff/application');
}

async function type(screen, kind) {
  for (const key of PINS[kind]) await press(screen, screen.locator(`button[name=key][value="${key}"]`));
  await press(screen, screen.locator('form[action="/pin"] button.button'));
}

// What the resident does, by what the screen shows; until the staff's page leads back to the application.
async function beAtTerminal(browser, clerk, screen) {
  const end = Date.now() + 90000;
  while (Date.now() < end) {
    await come(screen, plan.terminal);
    const title = (await screen.textContent('h1')).trim();
    const label = await screen.locator('label[for=pin]').count() ? (await screen.textContent('label[for=pin]')).trim() : '';
    const kind = label === '署名用' ? 'signature' : 'authentication';
    await look(browser, screen, `screen-${title}${label}`.replaceAll(/[（）()・、\/]/g, ''));
    if (label) await type(screen, kind);
    else if (await screen.locator('form[action="/go"]').count()) await press(screen, screen.locator('form[action="/go"] button'));
    await come(clerk, clerk.url());
    if (!clerk.url().includes('/staff/terminal?')) return;
    await look(browser, clerk, `terminal-${title}`);
    await screen.waitForTimeout(300);
  }
}

// Every paper that the page links is a PDF.
async function fetchPapers(clerk) {
  for (const link of await clerk.locator('a.print').all()) {
    const answer = await clerk.request.get(new URL(await link.getAttribute('href'), plan.site).href, { maxRetries: 2 });
    if (answer.status() !== 200 || (await answer.body()).subarray(0, 5).toString() !== '%PDF-') return false;
  }
  return true;
}

function nextDay() {
  const told = JSON.parse(spawnSync(plan.jpki, ['admin', 'status', '--as', 'admin1', '--json']).stdout); // 1 where something warns
  const later = new Date(new Date(told.time).getTime() + 86400000).toISOString().slice(0, 11) + '03:00:00Z';
  execFileSync(plan.jpki, ['admin', 'clock', later, '--as', 'admin1']);
}

async function walk(browser, clerk, screen, { who, what, answers }) {
  const name = `${what} by ${who}`;
  if (what === 'change-reissue')
    execFileSync(plan.jpki, ['admin', 'event', '--resident', String(plan.resident), '--event', 'moved-within',
      '--as', 'register1', 'address=鳥取県東伯郡北栄町見本二丁目2番地2']);
  if (!await open(browser, clerk, answers)) {
    check(false, `${name}: opened`, await clerk.textContent('main'));
    return;
  }
  const number = new URL(clerk.url()).searchParams.get('number');
  check(await fetchPapers(clerk), `${name}: its papers are printed`);
  for (let step = 0; step < 40; step++) {
    const call = clerk.locator('form[action^="/staff/terminal/call"] button');
    const said = clerk.locator('section.next form button').first();
    if (await said.count() || await call.count()) await look(browser, clerk, `application-${(await clerk.textContent('section.next .lead')).trim()}`);
    if (await call.count()) {
      await press(clerk, call.first());
      await beAtTerminal(browser, clerk, screen);
    } else if (await said.count()) {
      await press(clerk, said);
      if ((await clerk.textContent('main')).includes('別の日')) nextDay();
    } else break;
    await come(clerk, `${plan.site}/staff/application?number=${number}&lang=ja`);
  }
  const state = await (await clerk.request.get(`${plan.site}/staff/application?number=${number}`, { headers: { Accept: 'application/json' }, maxRetries: 2 })).json();
  check(state.state === 'finished', `${name}: to its end`, `${await clerk.textContent('main')} ${await screen.textContent('main')}`);
  check(await fetchPapers(clerk), `${name}: and its letters`);
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
try {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const [clerk, screen] = [await context.newPage(), await context.newPage()];
  await logIn(browser, clerk);
  await pair(browser, clerk, screen);
  for (const one of plan.life) await walk(browser, clerk, screen, one);
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
