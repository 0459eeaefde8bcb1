#!/usr/bin/env python3
"""Looks at the pages of newswire-web with a real browser (docs/web.md).

usage: pages.py --rendered FOLDER | --base URL  [--pictures FOLDER] [--axe FILE]

  --rendered   pages that the suite PageRendering has written (NEWSWIRE_PAGES=FOLDER)
  --base       a running newswire-web that may be read without an account
  --pictures   where a picture of each page goes, in both schemes and at two widths
  --axe        axe.min.js, whose rules are then held against each page as well, in both schemes and at both widths

Needs chromium, chromedriver and selenium. It talks to 127.0.0.1 alone, and counts what the browser would ask of anybody else.
exit: 0 nothing is wrong, 1 something is, 77 there is no browser
"""
import argparse, http.server, json, os, re, sys, threading, time, urllib.parse, urllib.request

for name in list(os.environ):
    if 'proxy' in name.lower():
        del os.environ[name]
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print('browser: selenium is not here: the pages were not looked at')
    sys.exit(77)
CHROMIUM, DRIVER = '/usr/bin/chromium', '/usr/bin/chromedriver'
if not (os.path.exists(CHROMIUM) and os.path.exists(DRIVER)):
    print('browser: chromium or chromedriver is not here: the pages were not looked at')
    sys.exit(77)

wrong = []


def check(holds, words):
    if not holds:
        wrong.append(words)
        print('wrong:', words)


class Rendered(http.server.BaseHTTPRequestHandler):
    """Serves what was rendered, with the policy that the pages have."""
    protocol_version = 'HTTP/1.1'
    folder, index = '', {}

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        entry = self.index.get(self.path) or self.index.get(re.sub('^/large/assets', '/assets', self.path))
        body = open(f"{self.folder}/{entry['file']}", 'rb').read() if entry else b'not found'
        self.send_response(200 if entry else 404)
        self.send_header('Content-Type', entry['type'] if entry else 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('X-Content-Type-Options', 'nosniff')
        if entry and entry['policy']:
            self.send_header('Content-Security-Policy', entry['policy'])
        self.end_headers()
        self.wfile.write(body)


def serve(folder):
    Rendered.folder = folder
    Rendered.index = json.load(open(f'{folder}/index.json'))
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Rendered)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_port}', [
        path for path, entry in Rendered.index.items() if entry['type'].startswith('text/html')]


def found(base):
    """The pages that links lead to, a few of each kind."""
    paths, seen = ['/'], set()
    kinds = {}
    while paths:
        path = paths.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            html = urllib.request.urlopen(base + path).read().decode()
        except urllib.error.HTTPError as error:
            check(False, f'{path}: {error.code}')
            continue
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)"', html):
            link = link.replace('&amp;', '&')
            kind = re.sub(r'[^/?=&]*\d[^/?=&]*', 'N', re.sub(r'=[^&]*', '=', link))
            if link.startswith(('/api/', '/out/')) or kinds.get(kind, 0) >= 3:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            paths.append(link)
    return sorted(seen)


def browser():
    options = Options()
    options.binary_location = CHROMIUM
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-proxy-server',
                     '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage',
                     '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


# What is wanted of each page also where axe is not here, and what axe leaves alone: names, order of headings, contrast,
# sizes of what is pressed.
RULES = r'''
const bad = [];
const visible = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && r.right > 0 && getComputedStyle(e).visibility != 'hidden'; };
if (document.querySelectorAll('h1').length != 1) bad.push('not one h1');
if (!document.documentElement.lang) bad.push('no lang');
for (const tag of ['header', 'nav', 'main', 'footer']) if (!document.querySelector(tag)) bad.push('no ' + tag);
let level = 1;
for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
  const n = +h.tagName[1];
  if (!h.closest('.body') && n > level + 1) bad.push('heading jumps to h' + n + ': ' + h.textContent.slice(0, 40));
  level = n;
}
for (const e of document.querySelectorAll('a,button,input:not([type=hidden]),select')) {
  const name = (e.textContent || '').trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length && e.labels[0].textContent.trim());
  if (!name) bad.push('no name: ' + e.outerHTML.slice(0, 80));
}
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
if (new Set(ids).size != ids.length) bad.push('an id stands twice');
for (const t of document.querySelectorAll('main table')) if (!t.closest('.body') && !t.caption) bad.push('a table without a caption');
const lum = c => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
const rgb = s => { const m = s.match(/[\d.]+/g).map(Number); return m.length > 3 && m[3] == 0 ? null : m.slice(0, 3); };
const back = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c; } return rgb(getComputedStyle(document.documentElement).backgroundColor) || [255, 255, 255]; };
const seen = new Set();
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.textContent.trim() || seen.has(e) || !visible(e)) continue;
  seen.add(e);
  const a = lum(rgb(getComputedStyle(e).color)), b = lum(back(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) bad.push('contrast ' + ratio.toFixed(2) + ': ' + e.outerHTML.slice(0, 80));
}
for (const e of document.querySelectorAll('a,button,input:not([type=hidden]),select,summary')) {
  if (!visible(e) || e.closest('.skip') || e.closest('p,li p,dd,.body,caption') ) continue;
  const r = e.getBoundingClientRect();
  if (r.height < 23.5) bad.push('target ' + r.height.toFixed(1) + ' px high: ' + e.outerHTML.slice(0, 80));
}
return bad;
'''


# All rules that axe has on by itself, and those of WCAG 2.2, which it has off.
AXE = r'''
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(found => done(
  found.violations.map(rule => 'axe ' + rule.id + ' (' + rule.impact + '): ' + rule.help + ', ' + rule.nodes.length + ' times, as '
    + rule.nodes[0].html.slice(0, 120))), error => done(['axe: ' + error]));
'''


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rendered')
    parser.add_argument('--base')
    parser.add_argument('--pictures')
    parser.add_argument('--axe')
    options = parser.parse_args()
    if options.rendered:
        base, paths = serve(options.rendered)
    else:
        base = options.base.rstrip('/')
        paths = found(base)
    driver = browser()
    look(driver, base, paths, options.pictures, options.rendered is not None, options.axe)
    keys(driver, base)
    nothing_runs(driver, base)
    driver.quit()
    print(f'browser: {len(paths)} pages{held_by(options.axe)}, {len(wrong)} wrong')
    return 1 if wrong else 0


def held_by(axe):
    return ' with axe' if axe else ' without axe, which is absent'


def look(driver, base, paths, pictures=None, is_rendered=False, axe=None):
    """Goes through pages in both schemes and at two widths."""
    library = open(axe).read() if axe else None

    def messages(path):
        for entry in driver.get_log('browser'):
            # Of a page that was rendered there is no stream.
            if is_rendered and '/api/stream' in entry['message']:
                continue
            check(False, f"{path}: the console says {entry['message'][:200]}")

    def strangers(path):
        for entry in driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                url = message['params']['request']['url']
                check(url.startswith((base, 'data:', 'about:', 'chrome')), f'{path}: asks {url[:120]}')

    for width, height, size in ((1200, 900, 'wide'), (390, 844, 'phone')):
        for scheme in ('light', 'dark'):
            driver.execute_cdp_cmd(
                'Emulation.setEmulatedMedia', {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
            driver.execute_cdp_cmd(
                'Emulation.setDeviceMetricsOverride',
                {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': width < 500})
            for path in paths:
                driver.get(base + path)
                over = driver.execute_script('return document.documentElement.scrollWidth - innerWidth')
                check(over <= 0, f'{path} at {width}: {over} px too wide')
                for words in driver.execute_script(RULES):
                    check(False, f'{path} {size} {scheme}: {words}')
                if library:
                    # The policy of the pages is for what they bring: what the driver runs is none of it.
                    driver.execute_script(library)
                    for words in driver.execute_async_script(AXE):
                        check(False, f'{path} {size} {scheme}: {words}')
                if 'images=1' not in path:
                    strangers(path)
                    messages(path)
                else:
                    driver.get_log('browser'), driver.get_log('performance')
                if pictures:
                    os.makedirs(pictures, exist_ok=True)
                    name = re.sub('[^a-z0-9]+', '-', path.lower()).strip('-') or 'now'
                    driver.save_screenshot(f'{pictures}/{size}-{scheme}-{name}.png')



def nothing_runs(driver, base):
    """Nothing that is written into a page by somebody else runs."""
    driver.get(base + '/articles')
    driver.get_log('browser')
    driver.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'; document.body.append(i)")
    time.sleep(0.3)
    check(driver.execute_script('return window.ran') is None, 'an inline script runs')
    check(any('Content Security Policy' in entry['message'] for entry in driver.get_log('browser')),
          'the policy does not say that it has kept something out')


def keys(driver, base):
    def press(key):
        driver.switch_to.active_element.send_keys(key)

    def active():
        return driver.switch_to.active_element

    driver.get(base + '/articles')
    rows = driver.find_elements(By.CSS_SELECTOR, '[data-row]')
    check(len(rows) > 2, 'there are no rows to go through')
    first = rows[0].find_element(By.TAG_NAME, 'a')
    second = rows[1].find_element(By.TAG_NAME, 'a')
    press('j')
    check(active() == first, 'j does not go to the first row')
    press('j')
    check(active() == second, 'j does not go to the next row')
    press('k')
    check(active() == first, 'k does not go back')
    press('/')
    check(active().get_attribute('type') == 'search', '/ does not go to the search')
    press('jg')
    check(active().get_attribute('value') == 'jg', 'keys are taken while somebody types')
    press(Keys.ESCAPE)
    check(active().tag_name == 'body', 'Esc does not lead out of the box')
    press('g')
    press('f')
    check(driver.current_url == base + '/feeds', 'g f does not go to the feeds')
    press('?')
    check(driver.current_url == base + '/help', '? does not go to the help')
    driver.get(base + '/articles')
    following = driver.find_elements(By.CSS_SELECTOR, 'a[rel=next]')
    if following:
        target = following[0].get_attribute('href')
        press('n')
        check(driver.current_url == target, 'n does not go to the next page')
    # Tab alone reaches the skip link first, and that leads to the content.
    driver.get(base + '/feeds')
    press(Keys.TAB)
    check(active().get_attribute('class') == 'skip', 'Tab does not reach the skip link first')
    press(Keys.ENTER)
    check(active().get_attribute('id') == 'main', 'the skip link does not lead to the content')


if __name__ == '__main__':
    sys.exit(main())
