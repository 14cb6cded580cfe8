// Logging in with a card in Chromium, for tests/web/staff_card.py: PAGES PIN CODE FOLDER. Prints checks; pictures go to the
// folder. The pages are "localhost", another site than the agent's 127.0.0.1.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../pages/', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [base, pin, code, folder] = process.argv.slice(2);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let failed = 0;
function check(ok, name, detail = '') {
  console.log(`${ok ? 'ok' : 'not ok'} - ${name}`);
  if (!ok) {
    failed++;
    console.log(String(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1)).replace(/^/gm, '# '));
  }
}

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const text = page => page.textContent('main');
const url = (path, language = 'en') => `${base}${path}?lang=${language}`;

// The page as it stands, wide and narrow, with larger letters, and examined.
async function look(page, name) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(over <= 0, `${name}: no overflow at ${width}`, over);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  check(violations.length === 0, `${name}: axe finds nothing`, violations.map(one => [one.id, one.nodes.map(node => node.html)]));
}

// From a page's form to the agent, the PIN, and back.
async function throughAgent(page) {
  await press(page, 'form[action^="http://127.0.0.1:15754"] button');
  check((await page.textContent('.origin')) === base, 'the agent says who asks', await text(page));
  await page.fill('#pin', pin);
  await press(page, 'form[action="/login/pin"] button');
  await press(page, 'form.act button');
}

async function register(page) {
  await page.goto(url('/staff/login'));
  await look(page, 'staff-login');
  await page.fill('#code', code);
  await press(page, 'form[action^="/staff/login"] button');
  await press(page, 'nav.staff a.who');
  check((await text(page)).includes('No card is registered'), 'no card yet', await text(page));
  await look(page, 'staff-cards-none');
  await throughAgent(page);
  check(page.url().startsWith(`${base}/staff/card/new?handle=`), 'back at the page that asks once more', page.url());
  await look(page, 'staff-new-card');
  await press(page, 'form[action^="/staff/card/add"] button');
  check(page.url().startsWith(`${base}/staff/card?`) && (await text(page)).includes('good'), 'the card is registered', await text(page));
  await look(page, 'staff-cards');
  await throughAgent(page);
  await press(page, 'form[action^="/staff/card/add"] button');
  check((await text(page)).includes('registered already'), 'the same card is not registered twice', await text(page));
  await page.goto(url('/staff'));
  await press(page, 'form[action^="/staff/logout"] button');
}

async function logIn(page) {
  await page.goto(url('/staff/login'));
  await throughAgent(page);
  await page.waitForURL(`${base}/staff?**`, { timeout: 10000 });
  check((await page.textContent('nav.staff .who')).length > 0, 'logged in with the card, and led on', await text(page));
  const session = (await page.context().cookies()).find(cookie => cookie.name === 'staff');
  check(session?.sameSite === 'Strict' && session.httpOnly, 'the session is these pages\' alone', session);
}

// A link of another site: the browser comes without the session.
async function linkedFromElsewhere(page) {
  await page.goto('http://127.0.0.1:15754/');
  await page.evaluate(href => { const link = document.createElement('a'); link.href = href; link.id = 'elsewhere'; link.textContent = 'x'; document.body.append(link); },
    url('/staff/resident').replace('?', '?resident=1001&'));
  await press(page, '#elsewhere');
  check(page.url().startsWith(`${base}/staff/login`), 'a link on another site\'s page opens nothing', page.url());
  await page.goto(url('/staff'));
  check(page.url().startsWith(`${base}/staff?`), 'an address that is typed does', page.url());
}

async function lose(page) {
  await page.goto(url('/staff/card'));
  await press(page, 'form[action^="/staff/card/end"] button');
  check(page.url().startsWith(`${base}/staff/login`), 'who lost the card is logged out', page.url());
  await throughAgent(page);
  check((await text(page)).includes('reported lost'), 'and it logs nobody in any more', await text(page));
  await look(page, 'staff-login-refused');
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
try {
  const page = await (await browser.newContext()).newPage(); // its policy holds; what examines it is no script of the page's
  const seen = [];
  page.on('console', message => /Content Security Policy|Refused/.test(message.text()) && seen.push(message.text()));
  await register(page);
  await logIn(page);
  await linkedFromElsewhere(page);
  await lose(page);
  check(!seen.length, 'no policy stops anything', seen);
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
