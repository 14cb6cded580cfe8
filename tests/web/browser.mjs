// Pages in Chromium, for tests/web/browser.py: ADDRESS FOLDER [--few | --all]. Speaks TAP; pictures go to the folder.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../pages/', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [base, folder, wants] = process.argv.slice(2);
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Each kind of page; the languages and widths in which all are looked at: the narrowest last, for what follows.
const PAGES = {
  home: '/',
  question: '/guide',
  choices: '/guide?who=holder&represented=no',
  papers: '/guide?who=holder&represented=no&what=pin-reset&kind=both&card=yes',
  letter: '/guide?who=proxy&represented=no&what=new&kind=both&pin=known&card=yes&document-a=yes',
  call: '/guide?who=holder&represented=no&what=hold',
  refused: '/guide?who=holder&represented=no&what=renewal&kind=both&pin=known&card=no',
  nothing: '/nothing-here',
  appointment: '/appointment',
  'appointment-days': '/appointment?procedure=renewal&office=daiei',
  'appointment-form': `/appointment?procedure=renewal&office=daiei&date=${process.env.FREE_DAY}`,
  'appointment-change': '/appointment/change',
};
// Those of whoever has logged in at the counter.
const STAFF_PAGES = {
  'staff-home': '/staff',
  'staff-hotline': '/staff/hotline',
  'staff-residents': '/staff/residents?q=1001',
  'staff-nobody': '/staff/residents?q=nobody',
  'staff-resident': '/staff/resident?resident=1001',
  'staff-question': '/staff/intake?resident=1001',
  'staff-papers': '/staff/intake?resident=1001&who=holder&represented=no&what=pin-reset&kind=both&card=yes',
  'staff-refused': '/staff/intake?resident=1001&who=holder&represented=no&what=renewal&kind=both&pin=known&card=no',
  'staff-application': '/staff/application?number=1',
  'staff-unknown': '/staff/application?number=77',
  'staff-appointments': `/staff/appointments?office=daiei&date=${process.env.FREE_DAY}`,
  'staff-notices': '/staff/notices',
  'staff-forecast': '/staff/forecast',
  'staff-caller': `/staff/caller?${new URLSearchParams({ name: '見本 花子' })}`,
  'staff-book': `/staff/book?procedure=renewal&office=daiei&date=${process.env.FREE_DAY}`,
  'staff-appointment': `/staff/appointment?number=${process.env.BOOKED}`,
};
// Those of an auditor.
const AUDIT_PAGES = {
  audit: '/staff/audit',
  'audit-none': '/staff/audit?actor=nobody',
  'audit-entry': '/staff/audit/entry?number=12',
  'audit-chain': '/staff/audit/chain',
  'audit-figures': '/staff/audit/figures',
};
// Every page in the town's own language; in the others those with most text, and all of them for whoever wants pictures.
const LANGUAGES = { ja: () => true, en: name => wants === '--all' || /^(letter|staff-application|appointment-form)$/.test(name),
  'ja-easy': name => wants === '--all' || /^papers$/.test(name) };
const WIDTHS = [1280, 320];

let number = 0, failed = 0;
function check(ok, name, detail = '') {
  console.log(`${ok ? 'ok' : 'not ok'} ${++number} - ${name}`);
  if (!ok) {
    failed++;
    console.log(String(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 1)).replace(/^/gm, '# '));
  }
}

const inLanguage = (path, language) => `${base}${path}${path.includes('?') ? '&' : '?'}lang=${language}`;

// Whatever a page asks for, says or breaks.
function watch(page) {
  const seen = [];
  page.on('console', message => seen.push(`console: ${message.text()}`));
  page.on('pageerror', error => seen.push(`error: ${error}`));
  page.on('request', request => {
    if (!request.url().startsWith(base)) seen.push(`elsewhere: ${request.url()}`);
  });
  page.on('requestfailed', request => seen.push(`failed: ${request.url()}`));
  return () => seen;
}

// The fonts that text was drawn with: one that is not ours is a fallback, and may be an empty box.
async function foreignFonts(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('DOM.enable');
  await client.send('CSS.enable');
  const { root } = await client.send('DOM.getDocument', { depth: -1 });
  const { nodeIds } = await client.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: 'body, body *' });
  const found = new Set();
  const answers = await Promise.all(nodeIds.map(nodeId => client.send('CSS.getPlatformFontsForNode', { nodeId })));
  for (const font of answers.flatMap(answer => answer.fonts))
    if (!font.isCustomFont || !font.familyName.startsWith('Noto Sans JP')) found.add(font.familyName);
  await client.detach();
  return [...found];
}

const overflow = page => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function look(context, bypass, name, path, language) {
  const page = await context.newPage();
  const where = `${name} ${language}`;
  const seen = watch(page);
  await page.goto(inLanguage(path, language));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}/${name}-${language}-${width}.png`, fullPage: true });
    check(await overflow(page) <= 0, `${where}: no overflow at ${width}`, await overflow(page));
  }
  // a page that is refused says so with its status
  const told = { nothing: /status of 404/, 'staff-unknown': /status of 409/ }[name];
  const problems = seen().filter(line => !told || !told.test(line));
  check(problems.length === 0, `${where}: quiet, nothing from elsewhere`, problems);
  const foreign = await foreignFonts(page);
  check(foreign.length === 0, `${where}: all letters are in our font`, foreign);
  await page.close();
  await examine(bypass, where, inLanguage(path, language));
}

async function lookAtAll(context, bypass, pages) {
  for (const [language, isWanted] of Object.entries(LANGUAGES))
    for (const [name, path] of Object.entries(pages))
      if (language === 'ja' || (wants !== '--few' && isWanted(name))) await look(context, bypass, name, path, language);
}

// What has to bring something into the page, which the policy of the pages forbids.
async function examine(context, where, address) {
  const page = await context.newPage();
  await page.setViewportSize({ width: WIDTHS.at(-1), height: 800 });
  await page.goto(address);
  await judge(page, where);
  await page.close();
}

async function judge(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  check(violations.length === 0, `${where}: axe finds nothing`, violations.map(one => [one.id, one.nodes.map(node => node.html)]));
  await page.addStyleTag({ content: 'html { font-size: 200% }' });
  check(await overflow(page) <= 0, `${where}: no overflow with letters twice as large`, await overflow(page));
}

// What was begun leads to another page, or to the same once more.
const arrive = (page, begun) => Promise.all([page.waitForNavigation(), begun]);

// The login, with the keyboard alone; what it gives is there for the other context, too.
async function logIn(context, bypass) {
  await look(context, bypass, 'staff-login', '/staff/login', 'ja');
  const page = await context.newPage();
  await page.goto(inLanguage('/staff', 'ja'));
  check(page.url().includes('/staff/login?'), 'staff: the login comes first', page.url());
  await page.getByLabel('ログイン用コード').fill('A'.repeat(20));
  await arrive(page, page.keyboard.press('Enter'));
  check((await page.textContent('main')).includes('このコードではログインできません'), 'staff: a wrong code', await page.textContent('main'));
  await page.getByLabel('ログイン用コード').fill(process.env.LOGIN_CODE);
  await arrive(page, page.keyboard.press('Enter'));
  check((await page.textContent('.who')).includes('池田'), 'staff: whose session it is', await page.textContent('main'));
  await bypass.addCookies(await context.cookies());
  await page.close();
}

// Another person, at a browser of their own: the nearest way in, and the journal's pages.
async function audit(browser) {
  const own = await browser.newContext({ locale: 'ja-JP' });
  const loose = await browser.newContext({ bypassCSP: true, locale: 'ja-JP' });
  const page = await own.newPage();
  await page.goto(inLanguage('/staff/login', 'ja'));
  await page.getByLabel('ログイン用コード').fill(process.env.AUDITOR_CODE);
  await arrive(page, page.keyboard.press('Enter'));
  await page.goto(inLanguage('/staff', 'ja'));
  check(page.url().includes('/staff/audit'), 'audit: the journal comes first', page.url());
  await loose.addCookies(await own.cookies());
  await page.close();
  await lookAtAll(own, loose, AUDIT_PAGES);
  await own.close();
  await loose.close();
}

// From the first page to a step that was done; going back repeats nothing.
async function takeApplication(context) {
  const page = await context.newPage();
  await page.goto(inLanguage('/staff', 'ja'));
  await page.getByLabel('氏名、ふりがな、生年月日、又は番号').fill('1002');
  await arrive(page, page.keyboard.press('Enter'));
  await arrive(page, page.locator('tbody a').first().click());
  await arrive(page, page.getByRole('link', { name: '受付をはじめる' }).click());
  for (const text of ['本人', 'いいえ', '紛失・盗難を窓口で届け出る']) await arrive(page, page.locator('.choices').getByText(text, { exact: true }).click());
  await arrive(page, page.getByRole('button', { name: 'この内容で受け付ける' }).click());
  check((await page.textContent('h1')).startsWith('受付番号'), 'staff: an application is taken', await page.textContent('main'));
  const before = await page.textContent('.next .lead');
  await arrive(page, page.getByRole('button', { name: '済み', exact: true }).click());
  const after = await page.textContent('.next .lead');
  check(before !== after, 'staff: its first step is done', `${before} ${after}`);
  await page.goBack();
  await page.goForward();
  check(await page.textContent('.next .lead') === after, 'staff: going back and forward repeats nothing', await page.textContent('main'));
  await arrive(page, page.getByRole('button', { name: 'ログアウト' }).click());
  await page.goBack();
  check(page.url().includes('/staff/login?') || !(await page.textContent('main')).includes('次にすること'), 'staff: nothing is left behind the logout', page.url());
  await page.close();
}

// Tabs on until something has the focus; whether it is seen.
async function tabTo(page, selector) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(wanted => document.activeElement.matches(wanted), selector))
      return await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle) === 'solid';
  }
  return false;
}

// With the keyboard alone, and pages that only a form leads to: booked, mistyped, shown, moved, cancelled.
async function book(bypass) {
  const page = await bypass.newPage();
  await page.setViewportSize({ width: WIDTHS.at(-1), height: 800 });
  await page.goto(inLanguage(PAGES['appointment-form'], 'ja'));
  const typed = { '#name': '見本 太郎', '[name=year]': '55', '[name=month]': '13', '[name=day]': '1', '#telephone': '０９０ー１２３４ー５６７８' };
  check(await tabTo(page, '#time'), 'booking: the times are reached and seen');
  await page.keyboard.press('ArrowDown');
  for (const [selector, text] of Object.entries(typed)) {
    if (selector === '[name=year]') {
      check(await tabTo(page, '[name=era]'), 'booking: the eras are reached and seen');
      await page.selectOption('[name=era]', 'showa');
    }
    check(await tabTo(page, selector), `booking: ${selector} is reached and seen`);
    await page.keyboard.insertText(text);
  }
  await arrive(page, page.keyboard.press('Enter'));
  check((await page.textContent('#birth-date-fault')).includes('生年月日') && await page.inputValue('#name') === '見本 太郎',
    'booking: a month that is none is refused, the rest is kept', await page.textContent('main'));
  await judge(page, 'booking, mistyped');
  await page.setViewportSize({ width: WIDTHS.at(-1), height: 800 });
  await page.fill('[name=month]', '4');
  await arrive(page, page.keyboard.press('Enter'));
  const [number, code] = await page.locator('.facts dd').allTextContents();
  check(/^\d{8}$/.test(number) && /^[0-9A-Y]{5}-[0-9A-Y]{5}$/.test(code), 'booking: number and code', `${number} ${code}`);
  check(!page.url().includes(code.slice(0, 5)), 'booking: the code is not in the address', page.url());
  await page.reload();
  check((await page.textContent('main')).includes(code), 'booking: loaded again it is the same one', await page.textContent('main'));
  await page.screenshot({ path: `${folder}/appointment-booked.png`, fullPage: true });
  await judge(page, 'booked');
  await page.goto(inLanguage('/appointment/change', 'ja'));
  await page.fill('#number', number);
  await page.fill('#code', code.toLowerCase());
  await arrive(page, page.keyboard.press('Enter'));
  check((await page.textContent('h1')) === '予約の内容', 'booking: shown', await page.textContent('main'));
  await page.screenshot({ path: `${folder}/appointment-shown.png`, fullPage: true });
  await judge(page, 'shown');
  await page.selectOption('#time', { index: 1 });
  await arrive(page, page.getByRole('button', { name: 'この時間に変更する' }).click());
  check((await page.textContent('main')).includes('予約を変更しました'), 'booking: moved', await page.textContent('main'));
  await page.locator('summary').click();
  await arrive(page, page.getByRole('button', { name: '取り消す', exact: true }).click());
  check((await page.textContent('main')).includes('予約を取り消しました'), 'booking: cancelled', await page.textContent('main'));
  await judge(page, 'cancelled');
  await page.close();
}

// A call about a lost card, with the keyboard alone: compared, held, and what to say.
async function callIn(bypass) {
  const page = await bypass.newPage();
  await page.setViewportSize({ width: WIDTHS.at(-1), height: 800 });
  await page.goto(inLanguage('/staff/hotline', 'ja'));
  const typed = { '#name': 'ゆら みさき', '[name=year]': '７', '[name=month]': '1', '[name=day]': '30', '#address': '見本１ー３', '#telephone': '0858001005' };
  for (const [selector, text] of Object.entries(typed)) {
    if (selector === '[name=year]') await page.selectOption('[name=era]', 'heisei');
    check(await tabTo(page, selector), `telephone: ${selector} is reached and seen`);
    await page.keyboard.insertText(text);
  }
  await arrive(page, page.keyboard.press('Enter'));
  const compared = await page.textContent('[role=status]');
  check(compared.includes('住所: 不一致') && compared.includes('電話番号: 一致') && await page.locator('[value=hold]').count() === 0,
    'telephone: what does not fit is said, and nothing can be held', compared);
  await judge(page, 'telephone, compared');
  await page.setViewportSize({ width: WIDTHS.at(-1), height: 800 });
  await page.fill('#address', '見本1-2');
  await arrive(page, page.keyboard.press('Enter'));
  await page.screenshot({ path: `${folder}/staff-hotline-found.png`, fullPage: true });
  check(await tabTo(page, '[value=hold]'), 'telephone: the hold is reached and seen', await page.textContent('main'));
  await arrive(page, page.keyboard.press('Enter'));
  check((await page.textContent('h1')) === '一時保留しました', 'telephone: held', await page.textContent('main'));
  await page.screenshot({ path: `${folder}/staff-held.png`, fullPage: true });
  await judge(page, 'held');
  await page.close();
}

async function walkByKeyboard(context) {
  const page = await context.newPage();
  await page.goto(inLanguage('/', 'ja'));
  const wanted = ['手続きの案内をはじめる', '本人', 'いいえ', '有効期限が近い（更新）', '両方', '忘れた、またはロックされた', 'はい'];
  for (const text of wanted) {
    let focused = '';
    for (let i = 0; i < 40 && focused !== text; i++) {
      await page.keyboard.press('Tab');
      focused = await page.evaluate(() => document.activeElement.textContent);
    }
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check(focused === text && outline === 'solid', `keyboard: ${text} is reached and seen`, `${focused} ${outline}`);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  }
  const text = await page.textContent('main');
  check(text.includes('本人確認書類 A又はBを1点') && text.includes('無料'), 'keyboard: the end is reached', text);
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.className);
  check(first === 'skip', 'keyboard: the first stop leads to the content', first);
  await page.close();
}

async function walkWithoutScript(browser) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(inLanguage('/guide', 'en'));
  for (const text of ['a proxy', 'no', 'a PIN is to be changed']) await page.getByRole('link', { name: text, exact: true }).click();
  await page.locator('.choices a').filter({ hasText: 'the holder' }).click();
  check((await page.textContent('main')).includes('Which certificate?'), 'without script: a refusal leads on', await page.textContent('main'));
  await page.getByRole('link', { name: 'やさしい日本語' }).click();
  check((await page.textContent('main')).includes('どの電子証明書ですか'), 'without script: the language changes, the place stays');
  await context.close();
}

// What stands on paper: the code leads back, what can only be clicked is gone.
async function print(browser) {
  const context = await browser.newContext({ deviceScaleFactor: 3 });
  const page = await context.newPage();
  await page.goto(inLanguage(PAGES.letter, 'ja'));
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => document.fonts.ready);
  const file = `${folder}/print.png`;
  await page.screenshot({ path: file, fullPage: true });
  const address = await page.textContent('.share .address');
  const read = execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  check(read === address && read.startsWith(`${base}/guide?who=proxy`), 'print: the QR code is read back', `${read} ${address}`);
  check(!await page.isVisible('.languages') && !await page.isVisible('.change'), 'print: nothing to click');
  check(await page.isVisible('.sample'), 'print: 見本／SAMPLE stands on it');
  await context.close();
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
const context = await browser.newContext({ locale: 'ja-JP' });
const bypass = await browser.newContext({ bypassCSP: true, locale: 'ja-JP' });
try {
  await lookAtAll(context, bypass, PAGES);
  await logIn(context, bypass);
  await lookAtAll(context, bypass, STAFF_PAGES);
  await audit(browser);
  await callIn(bypass);
  await takeApplication(context);
  await book(bypass);
  await walkByKeyboard(context);
  await walkWithoutScript(browser);
  await print(browser);
} finally {
  await browser.close();
}
console.log(`1..${number}`);
process.exitCode = failed ? 1 : 0;
