// The agent in Chromium, for tests/agent/browser.py: AGENT CROSS-SITE SAME-SITE SECURE-SITE PIN FOLDER LANGUAGE. Prints checks,
// numbered N; pictures go to the folder.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../pages/', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [agent, crossSite, sameSite, secureSite, pin, folder, language] = process.argv.slice(2);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP portal.example 127.0.0.1'];
const SUBMIT = 'form[action="/login/pin"] button';

let failed = 0;
function check(ok, name, detail = '') {
  console.log(`${ok ? 'ok' : 'not ok'} N - ${language}: ${name}`);
  if (!ok) {
    failed++;
    console.log(String(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1)).replace(/^/gm, '# '));
  }
}

const overflow = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

// What the page says and breaks; a policy that stops something is told on the console. The sites have no icon.
function watch(page) {
  const seen = [];
  page.on('console', message => message.location().url.endsWith('/favicon.ico') || seen.push(`console: ${message.text()} ${message.location().url}`));
  page.on('pageerror', error => seen.push(`error: ${error}`));
  page.on('requestfailed', request => seen.push(`failed: ${request.url()}`));
  return seen;
}

// The page as it stands, wide and narrow, with larger letters, and examined. axe is brought in: that context lets it.
async function look(page, name) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${folder}/agent-${name}-${language}-${width}.png`, fullPage: true });
    check(await overflow(page) <= 0, `${name}: no overflow at ${width}`, await overflow(page));
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  check(violations.length === 0, `${name}: axe finds nothing`, violations.map(one => [one.id, one.nodes.map(node => node.html)]));
  await page.addStyleTag({ content: 'html { font-size: 200% }' });
  check(await overflow(page) <= 0, `${name}: no overflow with letters twice as large`, await overflow(page));
}

const question = async (page, site) => {
  await page.goto(`${site}/login`);
  await press(page, 'button');
};

// Nothing of this needs a script, and a page's policy holds.
async function logIn(browser, site, name, bringsCookie) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const seen = watch(page);
  const posts = [];
  page.on('request', request => { if (request.method() === 'POST') posts.push(request); });
  await question(page, site);
  check((await page.textContent('.origin')) === site, `${name}: the agent says which site asks`, await page.textContent('main'));
  check(await page.evaluate(() => document.activeElement.id) === 'pin', `${name}: the field for the PIN waits`);
  await page.keyboard.type(pin);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  check((await page.textContent('.origin')) === site && page.url() === `${new URL(page.url()).origin}/login/pin`,
    `${name}: the card has signed`, await page.textContent('main'));
  await press(page, 'form.act button');
  const answer = JSON.parse(await page.textContent('body'));
  check(answer.verdict === 'valid' && page.url().startsWith(`${site}/welcome`), `${name}: the site takes it`, answer);
  await page.goto(`${site}/account`);
  check((await page.textContent('body')).includes('pseudonym'), `${name}: and the resident is logged in`, await page.textContent('body'));
  const headers = await Promise.all(posts.map(request => request.allHeaders()));
  const [asked, , brought] = headers;
  check(asked.origin === site, `${name}: the browser said who asks`, asked);
  check(brought.origin === new URL(posts[0].url()).origin, `${name}: and that the agent brings it`, brought);
  check(('cookie' in brought) === bringsCookie, `${name}: the way back ${bringsCookie ? 'has' : 'is without'} the Lax cookie`, brought);
  check(!seen.length, `${name}: no policy stops anything`, seen);
  await context.close();
}

// A site as real ones are: https, a name. No warning stands in the way from there to this computer and back.
async function logInSecurely(browser) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const seen = watch(page);
  await page.goto(`${secureSite}/careless`);
  await press(page, 'button');
  check((await page.textContent('main')).includes('Referrer-Policy: origin'), 'https: without the header the origin is hidden', await page.textContent('main'));
  check(!await page.isVisible('#pin'), 'https: and no PIN asked for');
  await question(page, secureSite);
  check((await page.textContent('.origin')) === secureSite, 'https: with it the agent says who asks', await page.textContent('main'));
  await page.fill('#pin', pin);
  await press(page, SUBMIT);
  await press(page, 'form.act button');
  const headers = JSON.parse(await page.textContent('body'));
  check(page.url() === `${secureSite}/return` && headers.origin === agent, 'https: the way back, from the agent', headers);
  check(!('cookie' in headers), 'https: without the Lax cookie', headers);
  check(seen.every(line => /status of 403/.test(line)), 'https: no policy stops anything', seen);
  await context.close();
}

async function lookAtPages(browser) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(agent);
  await look(page, 'home');
  await question(page, crossSite);
  await look(page, 'ask');
  await question(page, crossSite);
  await page.fill('#pin', '0000');
  await press(page, SUBMIT);
  await look(page, 'wrong');
  await question(page, crossSite);
  await page.fill('#pin', pin);
  await press(page, SUBMIT);
  await look(page, 'done');
  await question(page, crossSite);
  await press(page, 'form[action="/login/cancel"] button');
  await look(page, 'cancelled');
  await page.goto(`${crossSite}/login`);
  await page.evaluate(() => { document.querySelector('form').referrerPolicy = 'no-referrer'; });
  await page.evaluate(() => { const meta = document.createElement('meta'); meta.name = 'referrer'; meta.content = 'no-referrer'; document.head.append(meta); });
  await press(page, 'button');
  check((await page.textContent('main')).includes('Referrer-Policy: origin'), 'a site that hides its origin is told the header', await page.textContent('main'));
  await look(page, 'refused');
  await context.close();
}

// What a site's page may try beside a form in its window.
async function refuses(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${sameSite}/login`);
  const fetched = await page.evaluate(async agent => {
    const tried = {};
    for (const mode of ['cors', 'no-cors'])
      tried[mode] = await fetch(`${agent}/login`, { method: 'POST', mode, body: new URLSearchParams({ nonce: 'x', return: 'y' }) })
        .then(answer => answer.type, error => error.name);
    return tried;
  }, agent);
  check(fetched.cors === 'TypeError', 'a script reads nothing of the agent', fetched);
  check(fetched['no-cors'] !== 'basic' && fetched['no-cors'] !== 'cors', 'nor blindly', fetched);
  const frame = await page.evaluate(agent => new Promise(done => {
    const frame = document.createElement('iframe');
    frame.src = agent;
    frame.onload = () => { try { done(frame.contentDocument ? 'own' : 'blocked'); } catch { done('blocked'); } };
    document.body.append(frame);
  }), agent);
  const framed = page.frames().find(one => one !== page.mainFrame());
  const text = framed ? await framed.evaluate(() => document.body?.textContent ?? '').catch(() => '') : '';
  check(frame === 'blocked' && !text.includes('phrase') && !text.includes('合言葉'), 'no page of the agent stands in a frame', text);
  await context.close();
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
try {
  if (language === 'ja') {
    await logIn(browser, crossSite, 'from another site', false);
    await logIn(browser, sameSite, 'from the same site', true);
    await logInSecurely(browser);
    await refuses(browser);
  }
  await lookAtPages(browser);
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
